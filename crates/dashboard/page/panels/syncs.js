// The latest syncs, as the history recorded them.

import { ago } from "../showing/ages.js";
import { element } from "../showing/element.js";
import { plainTable } from "../showing/plain-table.js";
import { count } from "../showing/words.js";
import { panel } from "./panel.js";

const SHOWN = 10;

export function syncsPanel(feed, names) {
  const { node, show } = panel({ id: "syncs", title: "Syncs" });
  const latest = plainTable("The latest syncs");
  feed.onChange((state) => show(state, ({ body }) => {
    latest.show(columns(names), body.syncs.slice(0, SHOWN));
    return {
      content: body.syncs.length === 0 ? element("p", { class: "nothing" }, "There was none yet.") : latest.node,
      told: [{ asOf: state.at, source: "history" }],
    };
  }));
  return { node };
}

function columns(names) {
  return [
    { label: "When", value: ({ asOf }) => asOf, cell: ({ asOf }) => [ago(asOf), " ago"] },
    { label: "What", value: ({ what }) => what },
    { label: "Where", isClipped: true, value: ({ region, accountId }) => [region, names(accountId)].filter(Boolean).join(", ") },
    { label: "Result", isNumber: true, value: (sync) => (sync.error ? sync.code : changesOf(sync)), cell: resultCell },
  ];
}

/// What is new, changed and gone: `+3 ±1 −0`.
export function changesOf({ added, changed, gone }) {
  return `+${count(added)} ±${count(changed)} −${count(gone)}`;
}

function resultCell(sync) {
  return sync.error ? element("span", { class: "badge", "data-level": "failed", title: sync.error }, sync.code ?? "failed") : changesOf(sync);
}
