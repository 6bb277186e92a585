// The head of the page: how the whole is, when it was refreshed, and what can be done about it.

import { ALL, firstAccount } from "../asking/chosen-accounts.js";
import { select } from "../showing/choice.js";
import { element, renew } from "../showing/element.js";
import { isOff, setOff } from "../showing/off.js";
import { themeSwitch } from "../showing/theme.js";
import { counted, time, until } from "../showing/words.js";

/// The head. `feeds` are all, `schedule` refreshes them, `buttons` are more of them.
export function head({ feeds, schedule, buttons }) {
  const account = select({ name: "account", label: "Account", options: [[ALL, "All accounts"]] });
  const region = select({ name: "region", label: "Region", options: [[ALL, "All regions"]] });
  const health = element("p", { class: "health", role: "status" });
  const rounds = element("p", { class: "rounds" });
  const refresh = element("button", { type: "button", on: { click: () => isOff(refresh) || schedule.now() } }, "Refresh");
  const node = element("header", { class: "head" },
    element("h1", {}, "Larder"), health, rounds,
    element("div", { class: "controls" }, account.node, region.node, refresh, buttons, themeSwitch()));
  const showRounds = () => renew(rounds, roundsText(schedule));
  const showRound = () => { setOff(refresh, schedule.running > 0); showRounds(); };
  schedule.onRound(showRound);
  showRound();
  setInterval(() => document.hidden || showRounds(), 1_000);
  feeds.forEach((feed) => feed.onChange(() => renew(health, healthOf(feeds))));
  return { node, setAccounts: (accounts) => account.setOptions(accountOptions(accounts)), setRegions: (regions) => region.setOptions([[ALL, "All regions"], ...regions.map((region) => [region, region])]) };
}

function accountOptions(accounts) {
  const each = accounts.map(({ accountId, name }) => [accountId, name ? `${name} (${accountId})` : accountId]);
  const all = [ALL, "All accounts"];
  // The first is what is taken where none is chosen, whatever is chosen now.
  return firstAccount(accounts) === ALL ? [all, ...each] : [...each, all];
}

function roundsText(schedule) {
  if (schedule.running > 0) return "Refreshing…";
  if (schedule.lastRound === null) return "";
  return `Refreshed ${time(schedule.lastRound)} · next in ${until(schedule.next)}`;
}

function healthOf(feeds) {
  const failing = feeds.filter(({ state }) => state.problem && !state.problem.isNotConfigured);
  const isWaiting = feeds.some(({ state }) => state.data === null && state.problem === null);
  if (failing.length > 0) {
    const names = failing.map(({ name }) => name).join(", ");
    return [element("i", { class: "lamp", "data-level": "failed" }), `Not answered: ${names}`];
  }
  if (isWaiting) return [element("i", { class: "lamp" }), "Asking…"];
  const partly = feeds.filter(({ state }) => partFailures(state.data) > 0);
  const parts = partly.reduce((sum, { state }) => sum + partFailures(state.data), 0);
  if (parts > 0) return [element("i", { class: "lamp", "data-level": "partly" }), `${counted(parts, "part")} missing: ${partly.map(({ name }) => name).join(", ")}`];
  return [element("i", { class: "lamp", "data-level": "good" }), "Everything answered"];
}

/// How many accounts and regions of an answer failed.
function partFailures(data) {
  const answers = data?.answers ?? [];
  const ofRegions = answers.reduce((sum, { body, failedRegions }) => sum + (body?.failedRegions ?? failedRegions ?? []).length, 0);
  return (data?.failures?.length ?? 0) + ofRegions + (data?.body?.failedAccounts?.length ?? 0);
}
