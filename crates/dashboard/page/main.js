// Puts the page together: who is there, what is asked for, and where it is shown.

import { forgetAnswers } from "./asking/ask.js";
import { ALL, chosenAccounts, chosenRegion } from "./asking/chosen-accounts.js";
import { listen } from "./asking/events.js";
import { feeds as allFeeds, statistics as statisticsFeed } from "./asking/feeds.js";
import { comeBack, leaveToLogIn, leaveToLogOut } from "./asking/login.js";
import { Schedule } from "./asking/schedule.js";
import { begin, forget as forgetTokens, onEnded, token } from "./asking/session.js";
import { cachePanel } from "./panels/cache.js";
import { costsPanel } from "./panels/costs.js";
import { door } from "./panels/door.js";
import { figures } from "./panels/figures.js";
import { head } from "./panels/head.js";
import { historyNotice } from "./panels/history-notice.js";
import { inventoryPanel } from "./panels/inventory.js";
import { invalidateForm } from "./panels/invalidate.js";
import { moversPanel } from "./panels/movers.js";
import { overTimePanel } from "./panels/over-time.js";
import { quotasPanel } from "./panels/quotas.js";
import { runningPanel } from "./panels/running.js";
import { syncDialog } from "./panels/sync-dialog.js";
import { syncsPanel } from "./panels/syncs.js";
import { whatIsThere } from "./panels/what-is-there.js";
import { onChosen } from "./showing/address.js";
import { keepAges } from "./showing/ages.js";
import { allowCharts, chartNotice } from "./showing/charts.js";
import { element } from "./showing/element.js";

const STATISTICS_EVERY = 30_000;
/// Figures come before charts, but charts do not wait for what hangs.
const CHARTS_AFTER = 1_000;

const feeds = allFeeds();
const statistics = statisticsFeed();
const schedule = new Schedule([...Object.values(feeds), statistics]);
const there = whatIsThere(feeds, statistics);
let listening = new AbortController();

const config = await configuration();
const entrance = door({ login: config.login, onLogin: () => leaveToLogIn(config.login), onToken: enterWith });
const { sync, form } = show();
await enter();

/// What the server says of itself; the document has asked for it already.
async function configuration() {
  const response = await fetch("/assets/config.json");
  return response.json();
}

/// Begins to ask, unless somebody has to log in first.
async function enter() {
  onEnded(({ hadOne }) => stop(hadOne ? "The session has ended, or the token was not taken." : ""));
  // A page that the browser keeps for who comes back must not show them what another saw, who may have logged out.
  addEventListener("pagehide", () => token() !== null && stop(""));
  if (config.login === null) return start();
  try {
    if (await comeBack(config.login)) return await start();
    stop("");
  } catch (problem) {
    stop(problem.detail ?? String(problem));
  }
}

function enterWith(access) {
  begin({ access });
  start();
}

async function start() {
  entrance.close();
  document.body.classList.add("entered");
  setTimeout(allowCharts, CHARTS_AFTER);
  const { signal } = listening;
  await schedule.start();
  if (signal.aborted) return;
  // The mark is for who measures how long the first figures take.
  performance.mark("figures-shown");
  allowCharts();
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
  [there, sync, form].forEach((part) => part.forget());
  document.body.classList.remove("entered");
  entrance.open(reason);
}

/// The feeds that such a change makes old, or any that is told of.
function toldOf(what) {
  return Object.values(feeds).filter(({ tellers }) => (what === undefined ? tellers.length > 0 : tellers.includes(what)));
}

/// Asks for something else: what was known is not that.
function anew(...asked) {
  asked.forEach((feed) => feed.forget());
  schedule.now(asked);
}

function show() {
  const sync = syncDialog(scope, () => schedule.now());
  const logOut = config.login && element("button", { type: "button", class: "quiet", on: { click: leave } }, "Log out");
  const top = head({ feeds: [...Object.values(feeds), statistics], schedule, buttons: [sync.button, logOut] });
  const form = invalidateForm(() => schedule.now([statistics, feeds.entries]));
  const panels = panelsOf(form);
  document.getElementById("page").append(
    top.node,
    element("main", { id: "main", tabindex: "-1" }, entrance.node, chartNotice(), historyNotice(feeds.syncs),
      figures(feeds, statistics), element("div", { class: "columns" }, element("div", {}, panels.wide.map(({ node }) => node)), element("div", {}, panels.narrow))),
    sync.dialog);
  there.follow(top, form);
  const { accounts, entries, ...ofAccounts } = feeds;
  onChosen("account", () => anew(...Object.values(ofAccounts)));
  onChosen("region", () => Object.values(feeds).forEach((feed) => feed.showAgain()));
  setInterval(() => document.hidden || schedule.isPaused || statistics.refresh(), STATISTICS_EVERY);
  keepAges();
  return { sync, form };
}

function leave() {
  const left = leaveToLogOut(config.login);
  stop("");
  return left;
}

function panelsOf(form) {
  const again = (...names) => () => anew(...names.map((name) => feeds[name]));
  const { nameOfAccount, nameOfInstance } = there;
  const movers = moversPanel(feeds.movers, feeds.costsByAccount, nameOfAccount);
  const wide = [
    costsPanel(feeds.costs, again("costs"), again("costsByAccount", "movers")),
    inventoryPanel(feeds),
    runningPanel(feeds.running, again("running"), { ofInstance: nameOfInstance, ofAccount: nameOfAccount }),
    overTimePanel(feeds.overTime, again("overTime")),
  ];
  const narrow = [
    quotasPanel(feeds.quotas).node,
    cachePanel(statistics, feeds.entries, form.node).node,
    movers.node,
    movers.byAccount,
    syncsPanel(feeds.syncs, nameOfAccount).node,
  ];
  return { wide, narrow };
}

/// What a sync is about: what is chosen.
function scope() {
  const region = chosenRegion();
  return { accounts: chosenAccounts(there.accounts), region: region === ALL ? null : region };
}
