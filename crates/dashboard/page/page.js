// Puts the page together: where what is asked for is shown.

import { ALL, chosenAccount, chosenRegion } from "./asking/chosen-accounts.js";
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

/// Shows the feeds, or a door before them. `enter()` opens it, and `leave(reason)` closes it behind who was there;
/// `allowCharts()` lets charts be drawn.
export function show({ feeds, statistics, schedule, login, onLogin, onToken, onLeave }) {
  const all = [...Object.values(feeds), statistics];
  const there = whatIsThere(feeds, statistics);
  const entrance = door({ login, onLogin, onToken });
  const sync = syncDialog(() => scope(there), () => schedule.now());
  const form = invalidateForm(() => schedule.now([statistics, feeds.entries]));
  const logOut = login && element("button", { type: "button", class: "quiet", on: { click: onLeave } }, "Log out");
  const top = head({ feeds: all, schedule, buttons: [sync.button, logOut] });
  // What was known is not what is asked for now.
  const anew = (asked) => { asked.forEach((feed) => feed.forget()); schedule.now(asked); };
  const panels = panelsOf({ feeds, statistics, there, form, anew });
  document.getElementById("page").append(
    top.node,
    element("main", { id: "main", tabindex: "-1" }, entrance.node, chartNotice(), historyNotice(feeds.syncs), figures(feeds, statistics), panels),
    sync.dialog);
  there.follow(top, form);
  const { accounts, entries, ...ofAccounts } = feeds;
  onChosen("account", () => anew(Object.values(ofAccounts)));
  onChosen("region", () => Object.values(feeds).forEach((feed) => feed.showAgain()));
  keepAges();
  const enter = () => {
    entrance.close();
    document.body.classList.add("entered");
  };
  const leave = (reason) => {
    [there, sync, form].forEach((part) => part.forget());
    document.body.classList.remove("entered");
    entrance.open(reason);
  };
  return { enter, leave, allowCharts };
}

function panelsOf({ feeds, statistics, there: { nameOfAccount, nameOfInstance }, form, anew }) {
  const again = (...names) => () => anew(names.map((name) => feeds[name]));
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
  return element("div", { class: "columns" }, element("div", {}, wide.map(({ node }) => node)), element("div", {}, narrow));
}

/// What a sync is about: what is chosen, of what is there.
function scope({ accounts }) {
  const [account, region] = [chosenAccount(accounts), chosenRegion()];
  const chosen = accounts.filter(({ accountId }) => account === ALL || accountId === account);
  return { accounts: chosen, region: region === ALL ? null : region };
}
