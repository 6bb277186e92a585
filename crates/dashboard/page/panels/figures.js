// The figures that one looks at first.

import { ago } from "../showing/ages.js";
import { near } from "../showing/decimal.js";
import { element, fill } from "../showing/element.js";
import { count, counted, hours, money, percent, UNKNOWN } from "../showing/words.js";
import { answered, hitRatio } from "./cache.js";
import { thisMonth } from "./costs.js";
import { rowsIn } from "./inventory.js";
import { nameOf } from "./panel.js";
import { quotasIn } from "./quotas.js";
import { totals } from "./running.js";

/// One tile for each feed that it speaks of.
export function figures(feeds, statistics) {
  const tiles = [
    tile("Instances running", feeds.instances, instances, "#inventory"),
    tile("Spent this month", feeds.costs, spent, "#costs"),
    tile("Fullest DRS quota", feeds.quotas, fullest, "#quotas"),
    tile("Ran this month", feeds.running, ran, "#running"),
    tile("Snapshots without a volume", feeds.snapshots, orphans, "#inventory"),
    tile("Answered without AWS", statistics, hits, "#cache"),
  ];
  return element("section", { class: "figures-row", "aria-label": "At a glance" }, tiles);
}

/// `read(data)` gives `{ figure, more, asOf }`.
function tile(title, feed, read) {
  const figure = element("p", { class: "figure" });
  const more = element("p", { class: "more" });
  const node = element("div", { class: "tile" }, element("h2", {}, title), figure, more);
  feed.onChange(({ data, at, problem }) => {
    const told = data === null ? { figure: null, more: "" } : read(data);
    node.classList.toggle("failed", problem !== null);
    figure.classList.toggle("unknown", told.figure === null);
    // Nothing has failed to be known yet.
    const isAsking = data === null && problem === null;
    fill(figure, told.figure ?? (isAsking ? "…" : UNKNOWN));
    fill(more, told.more, at !== null && [told.more && " · ", ago(told.asOf ?? at), " ago"]);
  });
  return node;
}

function instances(data) {
  const rows = rowsIn(data);
  const running = rows.filter(({ state }) => state === "running").length;
  return { figure: isAnyKnown(data) ? count(running) : null, more: `of ${counted(rows.length, "instance")}`, asOf: oldest(data) };
}

function orphans(data) {
  const rows = rowsIn(data).filter(({ volumeExists }) => volumeExists === false);
  const size = rows.reduce((sum, { volumeSize }) => sum + (volumeSize ?? 0), 0);
  return { figure: isAnyKnown(data) ? count(rows.length) : null, more: `${count(size)} GiB`, asOf: oldest(data) };
}

function spent({ body }) {
  const { current, before, currency } = thisMonth(body);
  const change = before === null || current === null || near(before) === 0 ? null : (100 * (near(current) - near(before))) / near(before);
  const more = change === null ? "" : `${change > 0 ? "+" : ""}${percent(change)} to the same days before`;
  return { figure: current === null ? null : money(current, currency), more, asOf: earliest(body.accounts) };
}

function fullest(data) {
  const [first] = quotasIn(data).filter(({ utilizationPercent }) => utilizationPercent !== null);
  if (!first) return { figure: null, more: "" };
  return { figure: percent(first.utilizationPercent), more: `${first.region}, ${nameOf(first.account)}`, asOf: Math.min(...data.answers.map(({ told }) => told.asOf)) };
}

function ran(data) {
  const { lower, upper, servers } = totals(data);
  const possible = upper !== null && upper > lower ? `up to ${hours(upper)}, ` : "";
  return { figure: lower === null ? null : hours(lower), more: `${possible}${counted(servers, "server")}` };
}

function hits({ body }) {
  const { hits, all } = answered(body.dataTypes ? body : { dataTypes: {} });
  const ratio = hitRatio({ hits, all });
  return { figure: ratio === null ? null : percent(ratio), more: `of ${counted(all, "question")}` };
}

function isAnyKnown({ answers }) {
  return answers.some(({ regions }) => regions.length > 0);
}

function oldest({ answers }) {
  return earliest(answers.flatMap(({ regions }) => regions));
}

function earliest(told) {
  const times = told.map(({ asOf }) => Date.parse(asOf)).filter(Number.isFinite);
  return times.length === 0 ? null : Math.min(...times);
}
