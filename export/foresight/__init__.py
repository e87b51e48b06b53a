"""Teaching a small network how harmony goes under melodies, for `bridge.music.foresight`.

`python -m export.foresight DATA [CACHE]` learns from the training split of all symbolic sets of the bundle (their
licences are in the packs' cards), judges on the pieces that were held out, and writes the weights.
"""
