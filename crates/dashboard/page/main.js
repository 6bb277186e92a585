// Who is there, and what is asked for. The page is put together while the answers are on their way.

import { forgetAnswers } from "./asking/ask.js";
import { listen } from "./asking/events.js";
import { feeds as allFeeds, statistics as statisticsFeed } from "./asking/feeds.js";
import { comeBack, leaveToLogIn, leaveToLogOut } from "./asking/login.js";
import { Schedule } from "./asking/schedule.js";
import { begin, forget as forgetTokens, isSessionOver, onEnded, token } from "./asking/session.js";
import { show } from "./page.js";

const STATISTICS_EVERY = 30_000;
/// Figures come before charts, but charts do not wait for what hangs.
const CHARTS_AFTER = 1_000;

const feeds = allFeeds();
const statistics = statisticsFeed();
const schedule = new Schedule([...Object.values(feeds), statistics]);
let listening = new AbortController();

const config = await configuration();
const asked = config.login === null ? schedule.start() : null;
const page = show({ feeds, statistics, schedule, login: config.login, onLogin: () => leaveToLogIn(config.login), onToken: enterWith, onLeave: leave });
onEnded(({ hadOne }) => stop(hadOne ? "The session has ended, or the token was not taken." : ""));
// A page that the browser keeps for who comes back must not show them what another saw, who may have logged out.
addEventListener("pagehide", () => token() !== null && stop(""));
setInterval(() => document.hidden || schedule.isPaused || statistics.refresh(), STATISTICS_EVERY);
await enter();

/// What the server says of itself; the document has asked for it already.
async function configuration() {
  const response = await fetch("/assets/config.json");
  return response.json();
}

/// Shows what is asked for, unless somebody has to log in first.
async function enter() {
  // A token may have been asked for before there was a page to say so.
  if (isSessionOver()) return stop("");
  if (asked !== null) return enterAsking(asked);
  try {
    if (await comeBack(config.login)) return await enterAsking(schedule.start());
    stop("");
  } catch (problem) {
    stop(problem.detail ?? String(problem));
  }
}

function enterWith(access) {
  begin({ access });
  enterAsking(schedule.start());
}

async function enterAsking(asked) {
  page.enter();
  setTimeout(page.allowCharts, CHARTS_AFTER);
  const { signal } = listening;
  await asked;
  if (signal.aborted) return;
  // The mark is for who measures how long the first figures take.
  performance.mark("figures-shown");
  page.allowCharts();
  if (config.events) listen({ onChanged: ({ what }) => schedule.soon(toldOf(what)), onMissed: () => schedule.soon(toldOf()), signal });
}

/// Nothing that somebody saw stays behind for who comes next.
function stop(reason) {
  schedule.pause();
  listening.abort();
  listening = new AbortController();
  forgetTokens();
  forgetAnswers();
  [...Object.values(feeds), statistics].forEach((feed) => feed.forget());
  page.leave(reason);
}

function leave() {
  leaveToLogOut(config.login);
  stop("");
}

/// The feeds that such a change makes old, or any that is told of.
function toldOf(what) {
  return Object.values(feeds).filter(({ tellers }) => (what === undefined ? tellers.length > 0 : tellers.includes(what)));
}
