-- Antiphon: phrases into REAPER.
-- Run it once (Actions, Show action list, New action, Load ReaScript); it goes on looking for phrases until REAPER
-- ends or it is run again. Each becomes a MIDI item at the beat at which it was played, in one undo step.

local INBOX = [==[@INBOX@]==]
local EVERY = 0.25 -- seconds between two looks
local FORMAT = "antiphon-phrase 1"

-- Reads a phrase file. Returns the phrase, or nil and what is wrong with it.
local function read_phrase(path)
  local file, trouble = io.open(path, "rb")
  if not file then return nil, trouble end
  local text = file:read("*a") or ""
  file:close()
  local phrase, first, whole = { notes = {} }, true, false
  for line in text:gmatch("[^\r\n]+") do
    if first then
      if line ~= FORMAT then return nil, "it is no phrase of this Antiphon's" end
      first = false
    else
      local word, rest = line:match("^(%S+) ?(.*)$")
      if word == "track" or word == "name" then
        phrase[word] = rest
      elseif word == "at" then
        local at, beats = rest:match("^(%S+) (%S+)$")
        phrase.at, phrase.beats = tonumber(at), tonumber(beats)
      elseif word == "note" then
        local beat, length, pitch, velocity = rest:match("^(%S+) (%S+) (%d+) (%d+)$")
        beat, length, pitch, velocity = tonumber(beat), tonumber(length), tonumber(pitch), tonumber(velocity)
        if not (beat and length and pitch and velocity) or pitch > 127 or velocity > 127 or velocity < 1 or length <= 0 then
          return nil, "a note is garbled: " .. rest
        end
        phrase.notes[#phrase.notes + 1] = { beat, length, math.tointeger(pitch) or pitch, math.tointeger(velocity) or velocity }
      elseif word == "end" then
        whole = tonumber(rest) == #phrase.notes
      end
    end
  end
  if not whole then return nil, "it is not whole" end
  if not (phrase.track and phrase.name and phrase.at and phrase.beats) or phrase.beats <= 0 then
    return nil, "it does not say where it goes"
  end
  return phrase
end

-- The track of that name; a new one at the end where there is none.
local function track_called(name)
  for index = 0, reaper.CountTracks(0) - 1 do
    local track = reaper.GetTrack(0, index)
    local _, called = reaper.GetSetMediaTrackInfo_String(track, "P_NAME", "", false)
    if called == name then return track end
  end
  local index = reaper.CountTracks(0)
  reaper.InsertTrackAtIndex(index, true)
  local track = reaper.GetTrack(0, index)
  reaper.GetSetMediaTrackInfo_String(track, "P_NAME", name, true)
  return track
end

-- Makes the item. An error leaves through pcall, so that the undo block is closed whatever happens.
local function insert(phrase)
  local at = math.max(phrase.at, 0)
  local track = track_called(phrase.track)
  local item = reaper.CreateNewMIDIItemInProj(track, at, at + phrase.beats, true)
  local take = item and reaper.GetActiveTake(item)
  if not take then error("REAPER made no item") end
  for _, note in ipairs(phrase.notes) do
    local from = reaper.MIDI_GetPPQPosFromProjQN(take, at + note[1])
    local to = reaper.MIDI_GetPPQPosFromProjQN(take, at + note[1] + note[2])
    reaper.MIDI_InsertNote(take, false, false, from, to, 0, note[3], note[4], true)
  end
  reaper.MIDI_Sort(take)
  reaper.GetSetMediaItemTakeInfo_String(take, "P_NAME", phrase.name, true)
  local _, notes = reaper.MIDI_CountEvts(take)
  if notes ~= #phrase.notes then error("REAPER has " .. notes .. " of " .. #phrase.notes .. " notes") end
end

local function answer(path, words)
  local file = io.open(path .. ".part", "wb")
  if not file then return end
  file:write(words, "\n")
  file:close()
  os.remove(path)
  os.rename(path .. ".part", path)
end

local function take_in(name)
  local path = INBOX .. "/" .. name
  local phrase, trouble = read_phrase(path)
  os.remove(path)
  local words = trouble
  if phrase then
    reaper.PreventUIRefresh(1)
    reaper.Undo_BeginBlock()
    local done, why = pcall(insert, phrase)
    reaper.Undo_EndBlock("Antiphon: " .. phrase.name, -1)
    reaper.PreventUIRefresh(-1)
    reaper.UpdateArrange()
    words = done and ("ok " .. #phrase.notes) or tostring(why)
  end
  answer((path:gsub("%.phrase$", ".answer")), words)
end

local function look()
  reaper.EnumerateFiles(INBOX, -1) -- forget what it listed before
  local names, index = {}, 0
  while true do
    local name = reaper.EnumerateFiles(INBOX, index)
    if not name then break end
    if name:match("%.phrase$") then names[#names + 1] = name end
    index = index + 1
  end
  table.sort(names)
  for _, name in ipairs(names) do take_in(name) end
end

local last = -1
local function loop()
  local now = reaper.time_precise()
  if now - last >= EVERY then
    last = now
    pcall(look)
  end
  reaper.defer(loop)
end

reaper.RecursiveCreateDirectory(INBOX, 0)
loop()
