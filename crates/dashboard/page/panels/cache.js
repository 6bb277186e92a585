// How well the cache works: hit ratio over time, by data type and layer, what is stored, and invalidating.

import { element, renew } from "../showing/element.js";
import { plainTable } from "../showing/plain-table.js";
import { table } from "../showing/table.js";
import { tabList } from "../showing/tabs.js";
import { dated } from "../showing/ages.js";
import { bytes, count, counted, micros, percent, UNKNOWN } from "../showing/words.js";
import { answered, dataTypesIn, hitRatio } from "./answered.js";
import { panel } from "./panel.js";
import { ratioOverTime } from "./ratio-over-time.js";

export function cachePanel(statistics, entries, invalidateForm) {
  const { node, show } = panel({ id: "cache", title: "Cache" });
  const parts = { ratio: ratioOverTime(), summary: element("p", { class: "summary" }), byType: plainTable("Answers by data type and layer") };
  const stored = table({ name: "entries", caption: "Stored entries", columns: ENTRY_COLUMNS, firstSort: "-created", page: 8 });
  const failure = element("p", { class: "failure-line", hidden: true, role: "status" });
  const drawEntries = () => stored.setRows(entries.state.data?.body.entries ?? [], entries.state.data ? undefined : UNKNOWN);
  const tabs = tabList({
    name: "cache", label: "Cache", tabs: [
      { id: "ratio", text: "Hit ratio", node: element("div", {}, parts.ratio.node, parts.summary, parts.byType.node) },
      { id: "entries", text: "Entries", node: element("div", {}, failure, stored.node), draw: drawEntries },
      { id: "invalidate", text: "Invalidate", node: element("div", {}, invalidateForm) },
    ],
  });
  statistics.onChange((state) => show(state, ({ body }) => {
    draw(parts, body, state.at);
    return { content: [tabs.node, tabs.panels], told: [{ asOf: state.at, source: "this process" }] };
  }));
  let revision = null;
  entries.onChange((state) => {
    failure.hidden = !state.problem;
    failure.textContent = state.problem ? `${state.problem.code} ${state.problem.detail}` : "";
    if (state.revision === revision) return;
    revision = state.revision;
    tabs.changed("entries");
    tabs.count("entries", state.data ? `${count(state.data.body.entries.length)}${state.data.body.nextCursor ? "+" : ""}` : "");
  });
  return { node };
}

function draw({ ratio, summary, byType }, statistics, at) {
  ratio.add(statistics, at);
  renew(summary, sentence(statistics));
  const rows = dataTypesIn(statistics);
  // Of what nobody asked for there is nothing to tell.
  byType.show(TYPE_COLUMNS, rows.filter((row) => askedFor(row) > 0));
}

function sentence({ memoryBytes, store, since, ...statistics }) {
  const all = answered(statistics);
  return [element("strong", {}, percent(hitRatio(all))), ` of ${counted(all.all, "question")} answered without AWS since `, dated(since),
    `; memory ${bytes(memoryBytes)}; store ${store.description}: ${store.health}`, store.reason && ` (${store.reason})`, "."];
}

const TYPE_COLUMNS = [
  { label: "Data type", isClipped: true, value: ({ name }) => name },
  { label: "Hits", isNumber: true, value: (row) => percent(ratioOf(row)), cell: shareCell },
  { label: "Memory", isNumber: true, value: ({ requests }) => count(requests.memory) },
  { label: "Store", isNumber: true, value: ({ requests }) => count(requests.store) },
  { label: "AWS", isNumber: true, value: ({ requests }) => count(requests.missed) },
  { label: "p99", isNumber: true, value: ({ requests }) => (requests.latencyMicros.count === 0 ? null : micros(requests.latencyMicros.p99)) },
];

function askedFor({ requests: { memory, store, missed } }) {
  return memory + store + missed;
}

function ratioOf(row) {
  return hitRatio({ hits: askedFor(row) - row.requests.missed, all: askedFor(row) });
}

/// The layers as one bar, with the share of hits.
function shareCell(row) {
  const all = askedFor(row);
  const part = (layer, number) => element("i", { "data-layer": layer, style: { "--share": `${all === 0 ? 0 : (100 * number) / all}%` } });
  const { memory, store } = row.requests;
  return [element("span", { class: "layers", "aria-hidden": "true" }, part("memory", memory), part("store", store)), percent(ratioOf(row))];
}

const ENTRY_COLUMNS = [
  { key: "type", label: "Data type", value: ({ dataType }) => dataType },
  { key: "region", label: "Region", value: ({ region }) => region ?? "–" },
  { key: "account", label: "Account", value: ({ accountId }) => accountId },
  { key: "created", label: "Fetched", value: ({ createdAt }) => createdAt, cell: ({ createdAt }) => dated(createdAt) },
  { key: "expires", label: "Fresh until", value: ({ expiresAt }) => expiresAt, cell: ({ expiresAt }) => dated(expiresAt) },
  { key: "size", label: "Size", isNumber: true, value: ({ size }) => size, cell: ({ size }) => bytes(size) },
  { key: "state", label: "State", value: stateOf, cell: (entry) => element("span", { class: "badge", "data-level": stateOf(entry) }, stateOf(entry)) },
];

function stateOf({ dead, expiresAt }) {
  if (dead) return "dead";
  return Date.parse(expiresAt) < Date.now() ? "stale" : "fresh";
}
