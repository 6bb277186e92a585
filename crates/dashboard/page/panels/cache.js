// How well the cache works: hit ratio over time, by data type and layer, what is stored, and invalidating.

import { chart, axes } from "../showing/charts.js";
import { element } from "../showing/element.js";
import { plainTable, table } from "../showing/table.js";
import { tabList } from "../showing/tabs.js";
import { colour } from "../showing/theme.js";
import { dated } from "../showing/ages.js";
import { bytes, count, counted, micros, percent, time } from "../showing/words.js";
import { panel } from "./panel.js";

/// A day of samples, one each half minute.
const MOST_SAMPLES = 2_880;

export function cachePanel(statistics, entries, invalidateForm) {
  const { node, show, body } = panel({ id: "cache", title: "Cache" });
  const ratio = ratioOverTime();
  const byType = element("div", {});
  const stored = table({ name: "entries", caption: "Stored entries", columns: ENTRY_COLUMNS, firstSort: "-created", page: 8 });
  const storedPart = panelPart(stored.node);
  const tabs = tabList({
    name: "cache", label: "Cache", tabs: [
      { id: "ratio", text: "Hit ratio", node: element("div", {}, ratio.node, byType) },
      { id: "entries", text: "Entries", node: storedPart },
      { id: "invalidate", text: "Invalidate", node: element("div", {}, invalidateForm) },
    ],
  });
  const content = [tabs.node, tabs.panels];
  statistics.onChange((state) => show(state, (data) => {
    ratio.add(data.body, Date.now());
    byType.replaceChildren(summary(data.body), layers(data.body));
    return { content: body.contains(tabs.node) ? null : content, told: [{ asOf: state.at, source: "this process" }] };
  }));
  entries.onChange(({ data, problem }) => {
    if (data) stored.setRows(data.body.entries);
    tabs.count("entries", data ? `${count(data.body.entries.length)}${data.body.nextCursor ? "+" : ""}` : "");
    storedPart.say(problem);
  });
  return { node };
}

/// How many questions the process answered, and how many of them without AWS.
export function answered({ dataTypes }) {
  const counted = Object.entries(dataTypes).filter(([name]) => !name.startsWith("#"));
  const sum = (member) => counted.reduce((sum, [, { requests }]) => sum + requests[member], 0);
  const [memory, store, missed] = [sum("memory"), sum("store"), sum("missed")];
  return { hits: memory + store, all: memory + store + missed };
}

/// The share of hits in percent; null where nothing was asked.
export function hitRatio({ hits, all }) {
  return all === 0 ? null : (100 * hits) / all;
}

function panelPart(node) {
  const line = element("p", { class: "failure-line", hidden: true, role: "status" });
  const part = element("div", {}, line, node);
  part.say = (problem) => {
    line.hidden = !problem;
    line.textContent = problem ? `${problem.code} ${problem.detail}` : "";
  };
  return part;
}

/// The ratio between two looks at the counters, for as long as the page is open.
function ratioOverTime() {
  const drawn = chart("The share of questions that the cache answered, over the time that this page is open; the table below has the sums.");
  const samples = [];
  let last = null;
  const add = (statistics, at) => {
    const { hits, all } = answered(statistics);
    // A process that was started anew counts from 0 again.
    const isSameProcess = last !== null && last.since === statistics.since;
    const before = isSameProcess ? last : { hits: 0, all: 0 };
    if (last === null || last.at !== at) samples.push({ at, ratio: hitRatio({ hits: hits - before.hits, all: all - before.all }) });
    if (samples.length > MOST_SAMPLES) samples.shift();
    last = { hits, all, at, since: statistics.since };
    drawn.draw(() => ratioChart(samples));
  };
  return { node: drawn.node, add };
}

function ratioChart(samples) {
  const line = colour("accent");
  return {
    type: "line",
    data: {
      labels: samples.map(({ at }) => time(at)),
      // Where nothing was asked there is no ratio: the line has a gap, not a 0.
      datasets: [{ label: "Hit ratio", data: samples.map(({ ratio }) => ratio), borderColor: line, backgroundColor: line, borderWidth: 2, pointRadius: samples.length < 30 ? 3 : 0, tension: 0, spanGaps: true }],
    },
    options: { scales: axes({ isStacked: false, format: (value) => `${value} %`, most: 100 }), plugins: { legend: { display: false } } },
  };
}

function summary({ memoryBytes, store, since, ...statistics }) {
  const all = answered(statistics);
  return element("p", { class: "summary" },
    element("strong", {}, percent(hitRatio(all))), ` of ${counted(all.all, "question")} answered without AWS since `, dated(since),
    `; memory ${bytes(memoryBytes)}; store ${store.description}: ${store.health}`, store.reason && ` (${store.reason})`, ".");
}

function layers({ dataTypes }) {
  const all = Object.entries(dataTypes).filter(([name]) => !name.startsWith("#")).map(([name, counts]) => ({ name, ...counts }));
  const asked = ({ requests: { memory, store, missed } }) => memory + store + missed;
  const ratio = (row) => hitRatio({ hits: asked(row) - row.requests.missed, all: asked(row) });
  return plainTable({
    caption: "Answers by data type and layer",
    columns: [
      { label: "Data type", isClipped: true, value: ({ name }) => name },
      { label: "Hits", isNumber: true, value: (row) => percent(ratio(row)), cell: (row) => shareCell(row, ratio(row)) },
      { label: "Memory", isNumber: true, value: ({ requests }) => count(requests.memory) },
      { label: "Store", isNumber: true, value: ({ requests }) => count(requests.store) },
      { label: "AWS", isNumber: true, value: ({ requests }) => count(requests.missed) },
      { label: "p99", isNumber: true, value: ({ requests }) => (requests.latencyMicros.count === 0 ? null : micros(requests.latencyMicros.p99)) },
    ],
    // Of what nobody asked for there is nothing to tell.
    rows: all.filter((row) => asked(row) > 0),
  });
}

/// The layers as one bar, with the share of hits.
function shareCell({ requests: { memory, store, missed } }, ratio) {
  const all = memory + store + missed;
  const part = (layer, number) => element("i", { "data-layer": layer, style: { "--share": `${all === 0 ? 0 : (100 * number) / all}%` } });
  return [element("span", { class: "layers", "aria-hidden": "true" }, part("memory", memory), part("store", store)), percent(ratio)];
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
