// Puts the page together: who is there, what is asked for, and where it is shown.

import { forgetAnswers } from "./asking/ask.js";
import { ALL, chosenAccounts } from "./asking/chosen-accounts.js";
import { listen } from "./asking/events.js";
import { feeds as allFeeds, statistics as statisticsFeed } from "./asking/feeds.js";
import { comeBack, leaveToLogIn, leaveToLogOut } from "./asking/login.js";
import { Schedule } from "./asking/schedule.js";
import { begin, onEnded } from "./asking/session.js";
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
import { chosen, onChosen } from "./showing/address.js";
import { keepAges } from "./showing/ages.js";
import { chartNotice } from "./showing/charts.js";
import { element } from "./showing/element.js";

const STATISTICS_EVERY = 30_000;

const feeds = allFeeds();
const statistics = statisticsFeed();
const schedule = new Schedule([...Object.values(feeds), statistics]);
const known = { accounts: [], names: new Map(), isListening: false };

const config = await configuration();
const entrance = door({ login: config.login, onLogin: () => leaveToLogIn(config.login), onToken: enterWith });
show();
await enter();

/// What the server says of itself; the document has asked for it already.
async function configuration() {
  const response = await fetch("/assets/config.json");
  return response.json();
}

/// Begins to ask, unless somebody has to log in first.
async function enter() {
  onEnded(({ hadOne }) => stop(hadOne ? "The session has ended, or the token was not taken." : ""));
  if (config.login === null) return start();
  try {
    if (await comeBack(config.login)) return start();
    stop("");
  } catch (problem) {
    stop(problem.detail ?? String(problem));
  }
}

function enterWith(access) {
  begin({ access });
  start();
}

function start() {
  entrance.close();
  document.body.classList.add("entered");
  // The mark is for who measures how long the first figures take.
  schedule.start().then(() => performance.mark("figures-shown"));
  if (config.events) listenOnce();
}

/// Nothing that somebody saw stays behind for who comes next.
function stop(reason) {
  schedule.pause();
  forgetAnswers();
  document.body.classList.remove("entered");
  entrance.open(reason);
}

function listenOnce() {
  if (known.isListening) return;
  known.isListening = true;
  listen(({ what }) => schedule.soon(Object.values(feeds).filter(({ tellers }) => tellers.includes(what))), () => {});
}

function show() {
  const { button, dialog } = syncDialog(scope, () => schedule.now());
  const logOut = config.login && element("button", { type: "button", class: "quiet", on: { click: () => leaveToLogOut(config.login) } }, "Log out");
  const top = head({ feeds: [...Object.values(feeds), statistics], schedule, buttons: [button, logOut] });
  const form = invalidateForm(() => schedule.now([statistics, feeds.entries]));
  const panels = panelsOf(form);
  document.getElementById("page").append(
    top.node,
    element("main", { id: "main", tabindex: "-1" }, entrance.node, chartNotice(), historyNotice(feeds.syncs),
      figures(feeds, statistics), element("div", { class: "columns" }, element("div", {}, panels.wide.map(({ node }) => node)), element("div", {}, panels.narrow))),
    dialog);
  followWhatIsThere(top, form);
  onChosen("account", () => schedule.now());
  onChosen("region", () => Object.values(feeds).forEach((feed) => feed.showAgain()));
  setInterval(() => document.hidden || schedule.isPaused || statistics.refresh(), STATISTICS_EVERY);
  keepAges();
}

function panelsOf(form) {
  const again = (...names) => () => schedule.now(names.map((name) => feeds[name]));
  const nameOfAccount = (id) => known.accounts.find(({ accountId }) => accountId === id)?.name ?? id;
  const movers = moversPanel(feeds.movers, feeds.costsByAccount, nameOfAccount);
  const wide = [
    costsPanel(feeds.costs, again("costs", "costsByAccount")),
    inventoryPanel(feeds),
    runningPanel(feeds.running, again("running"), { ofInstance: (id) => known.names.get(id), ofAccount: nameOfAccount }),
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

/// The accounts, regions, data types and names that answers tell of, for who chooses among them.
function followWhatIsThere(top, form) {
  const regions = new Set();
  const offer = () => {
    top.setAccounts(known.accounts);
    top.setRegions([...regions].sort());
    const types = Object.keys(statistics.state.data?.body.dataTypes ?? {}).filter((name) => !name.startsWith("#"));
    form.offer({ types: pairs(types), regions: pairs([...regions].sort()), accounts: pairs(known.accounts.map(({ accountId }) => accountId)) });
  };
  feeds.accounts.onChange(({ data }) => { known.accounts = data?.body.accounts ?? []; offer(); });
  statistics.onChange(offer);
  feeds.quotas.onChange(({ data }) => {
    data?.answers.forEach(({ body }) => Object.keys(body.regions ?? {}).forEach((region) => regions.add(region)));
    offer();
  });
  feeds.instances.onChange(({ data }) => {
    if (data === null) return;
    data.answers.forEach(({ rows }) => rows.forEach(({ instanceId, name }) => name && known.names.set(instanceId, name)));
    feeds.running.showAgain();
  });
}

function pairs(values) {
  return values.map((value) => [value, value]);
}

/// What a sync is about: what is chosen.
function scope() {
  const region = chosen("region", ALL);
  return { accounts: chosenAccounts(known.accounts), region: region === ALL ? null : region };
}
