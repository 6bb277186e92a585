// Syncing at once, for who can't wait: what, with progress, and what came of it.

import { KINDS, sync } from "../asking/sync.js";
import { mayAdminister } from "../asking/session.js";
import { element, fill } from "../showing/element.js";
import { isOff, setOff } from "../showing/off.js";
import { plainTable } from "../showing/plain-table.js";
import { count, counted } from "../showing/words.js";
import { nameOf } from "./panel.js";
import { changesOf } from "./syncs.js";

/// The button and its dialog. `scope()` gives the accounts and the region to sync; `onDone` is called after a sync;
/// `forget()` closes it and empties it.
export function syncDialog(scope, onDone) {
  const boxes = KINDS.map(({ id }) => element("input", { type: "checkbox", name: "kind", value: id, checked: id !== "costs" }));
  const where = element("p", { class: "aside" });
  const bar = element("progress", { max: 1, value: 0, "aria-label": "Progress of the sync" });
  const result = element("div", { class: "result", role: "status" });
  const begin = element("button", { type: "submit", class: "primary" }, "Sync now");
  const close = element("button", { type: "button", on: { click: () => dialog.close() } }, "Close");
  const form = element("form", {},
    element("h2", { id: "sync-title" }, "Sync"), where,
    element("fieldset", {}, element("legend", {}, "What"), KINDS.map(({ id, text }, index) =>
      element("label", { class: "check" }, boxes[index], text, id === "costs" && element("span", { class: "aside" }, "Cost Explorer charges $0.01 a page")))),
    bar, result, element("div", { class: "buttons" }, close, begin));
  const dialog = element("dialog", { class: "dialog", "aria-labelledby": "sync-title" }, form);
  const open = element("button", { type: "button", class: "primary", on: { click: () => { prepare(); dialog.showModal(); } } }, "Sync");

  let isSyncing = false;
  const offer = () => setOff(begin, isSyncing || !mayAdminister() || scope().accounts.length === 0);
  const prepare = () => {
    offer();
    // One that was closed goes on.
    if (isSyncing) return;
    const { accounts, region } = scope();
    fill(where, `${region ?? "All regions"} of ${accounts.map(nameOf).join(", ")}: fetched past the cache, and kept in the history.`);
    bar.value = 0;
    fill(result, !mayAdminister() && "This needs the scope larder/admin.");
  };
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    if (isOff(begin)) return;
    const kinds = KINDS.filter((_, index) => boxes[index].checked);
    if (kinds.length === 0) return fill(result, "Nothing is chosen to be synced.");
    const { accounts, region } = scope();
    isSyncing = true;
    offer();
    fill(result, "Syncing…");
    const report = await sync(accounts, kinds, region, (done, all) => { bar.max = all; bar.value = done; });
    fill(result, reportOf(report));
    isSyncing = false;
    offer();
    onDone();
  });
  const forget = () => {
    dialog.close();
    fill(where);
    fill(result);
  };
  return { button: open, dialog, forget };
}

function reportOf({ outcomes, failures }) {
  return [
    element("p", {}, element("strong", {}, verdict(outcomes, failures)), " ", found(outcomes)),
    failures.length > 0 && element("ul", { class: "failure-list" }, failures.map(({ account, kind, region, code, detail }) =>
      element("li", {}, element("strong", {}, [kind, region, nameOf(account)].filter(Boolean).join(", ")), " ", element("code", {}, code), " ", detail))),
    outcomes.length > 0 && element("details", {}, element("summary", {}, "By account and region"), byPlace(outcomes)),
  ];
}

function verdict(outcomes, failures) {
  if (failures.length === 0) return outcomes.length === 0 ? "There was nothing to sync." : "Synced.";
  if (failures.every(({ isUnanswered }) => isUnanswered) && outcomes.length === 0) return "No answer came.";
  return outcomes.length === 0 ? "Nothing was synced." : `Synced in part, with ${counted(failures.length, "failure")}.`;
}

function found(outcomes) {
  if (outcomes.length === 0) return null;
  const total = (member) => outcomes.reduce((sum, outcome) => (outcome[member] === null ? sum : sum + outcome[member]), 0);
  const superseded = outcomes.filter((outcome) => outcome.superseded).length;
  const isKept = outcomes.some(({ added }) => added !== null);
  return [
    `${count(total("seen"))} seen`, isKept ? `: ${count(total("added"))} new, ${count(total("changed"))} changed, ${count(total("gone"))} gone.` : "; no history keeps them.",
    superseded > 0 && ` A newer sync was there before for ${count(superseded)} of ${count(outcomes.length)} places, where nothing of this one is kept.`,
  ];
}

function byPlace(outcomes) {
  const table = plainTable("What the sync found");
  table.show([
    { label: "Kind", value: ({ kind }) => kind },
    { label: "Where", value: ({ region, accountId }) => [region, accountId].filter(Boolean).join(", ") },
    { label: "Seen", isNumber: true, value: ({ seen }) => count(seen) },
    { label: "New, changed, gone", isNumber: true, value: changesOf },
  ], outcomes);
  return table.node;
}
