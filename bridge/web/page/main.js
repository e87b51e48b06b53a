// The page, put together.

import { Hands } from "./hands.js";
import { Keys } from "./keys.js";
import { Link } from "./link.js";
import { Log } from "./log.js";
import { Pad } from "./pad.js";
import { Panel } from "./panel.js";
import { Plots } from "./plots.js";
import { Roll } from "./roll.js";
import { Slots } from "./slots.js";
import { Sound } from "./sound.js";
import { State } from "./state.js";
import { Taste } from "./taste.js";
import { Top } from "./top.js";
import { Tour } from "./tour.js";

const link = new Link(document.querySelector("meta[name=token]").content);
const state = new State(link);
const sound = new Sound(state);
const roll = new Roll(document.getElementById("roll"), state);
new Log(state, link);
new Panel(state);
new Pad(state);
new Plots(state);
new Slots(state);
new Hands(state);
new Taste(state);
new Top(state, sound);
new Keys(state, sound);
new Tour();
document.documentElement.dataset.ready = "yes";
roll.ask();
