// The figures that one looks at first.

import { ago } from "../showing/ages.js";
import { element, renew } from "../showing/element.js";
import { count, counted, hours, money, monthOf, percent, UNKNOWN } from "../showing/words.js";
import { answered, hitRatio } from "./answered.js";
import { atLeast, coverageOf, without } from "./coverage.js";
import { orphansIn } from "./inventory-summary.js";
import { rowsIn } from "./inventory.js";
import { nameOf } from "./panel.js";
import { quotasIn } from "./quotas.js";
import { totals } from "./running.js";
import { changeOf, thisMonth } from "./spent.js";

const NOTHING = { figure: null, more: "" };

/// One tile for each feed that it speaks of.
export function figures(feeds, statistics) {
  const tiles = [
    tile("Instances running", feeds.instances, instances),
    tile("Spent this month so far", feeds.costs, spent),
    tile("Fullest DRS quota", feeds.quotas, fullest),
    tile("Servers ran this month", feeds.running, ran),
    tile("Snapshots without a volume", feeds.snapshots, orphans),
    tile("Answered without AWS", statistics, hits),
  ];
  return element("section", { class: "figures-row", "aria-label": "At a glance" }, tiles);
}

/// `read(data, state)` gives `{ figure, more, asOf, title? }`; what is not known is null.
function tile(title, feed, read) {
  const heading = element("h2", {}, title);
  const figure = element("p", { class: "figure" });
  const more = element("p", { class: "more" });
  const node = element("div", { class: "tile" }, heading, figure, more);
  let drawn = null;
  const draw = ({ data }, told) => {
    drawn = data === null ? null : told;
    renew(heading, told.title ?? title);
    renew(more, told.more, data !== null && [told.more && " · ", told.asOf === null ? "age unknown" : [ago(told.asOf), " ago"]]);
  };
  let revision = null;
  feed.onChange((state) => {
    const { data, problem } = state;
    if (state.revision !== revision) draw(state, data === null ? NOTHING : read(data, state));
    revision = state.revision;
    node.classList.toggle("failed", problem !== null && !problem.isNotConfigured);
    // Nothing has failed to be known yet.
    const isAsking = data === null && problem === null;
    const text = isAsking ? "…" : drawn?.figure ?? UNKNOWN;
    figure.classList.toggle("unknown", text === "…" || text === UNKNOWN);
    renew(figure, text);
  });
  return node;
}

function instances(data) {
  const coverage = coverageOf(data);
  const running = rowsIn(data).filter(({ state }) => state === "running").length;
  const all = atLeast(rowsIn(data).length, coverage, (number) => counted(number, "instance"));
  return { figure: atLeast(running, coverage), more: `of ${all}${without(coverage)}`, asOf: oldest(data) };
}

function orphans(data) {
  const coverage = coverageOf(data);
  const { count, size } = orphansIn(rowsIn(data), coverage);
  return { figure: count, more: `of volumes of ${size}${without(coverage)}`, asOf: oldest(data) };
}

function spent({ body }) {
  const month = thisMonth(body);
  const change = changeOf(month);
  const parts = [
    body.metric,
    month.current !== null && !month.isWhole && "not all is known",
    change !== null && `${change > 0 ? "+" : ""}${percent(change)} to the same days before`,
  ];
  return { figure: month.current === null ? null : money(month.current, month.currency), more: parts.filter(Boolean).join(", "), asOf: earliest(body.accounts) };
}

function fullest(data) {
  const coverage = coverageOf(data);
  const [first] = quotasIn(data).filter(({ utilizationPercent }) => utilizationPercent !== null);
  const asOf = earliest(data.answers.map(({ told }) => told));
  const isUnused = coverage.known > 0 && quotasIn(data).every(({ status }) => status === "NOT_INITIALIZED");
  if (!first) return { figure: isUnused ? "not in use" : null, more: without(coverage).slice(2), asOf };
  const figure = atLeast(first.utilizationPercent, coverage, percent);
  return { figure, more: `replicating servers in ${first.region}, ${nameOf(first.account)}${without(coverage)}`, asOf };
}

function ran(data) {
  const { lower, upper, servers, unknown } = totals(data);
  const isWhole = unknown === 0 && data.isWhole;
  const possible = isWhole && upper > lower ? `up to ${hours(upper)}, ` : "";
  const missing = [unknown > 0 && `${count(unknown)} of them unknown`, !data.isWhole && "and there are more"].filter(Boolean);
  return {
    title: data.month === monthOf(Date.now()) ? undefined : `Servers ran in ${data.month}`,
    figure: lower === null ? null : `${isWhole ? "" : "≥ "}${hours(lower)}`,
    more: [`${possible}${counted(servers, "server")}`, ...missing].join(", "),
    asOf: earliest(data.servers.map(({ asOf, timestamp }) => ({ asOf: timestamp ?? asOf }))),
  };
}

function hits({ body }, { at }) {
  const { hits, all } = answered(body.dataTypes ? body : { dataTypes: {} });
  const ratio = hitRatio({ hits, all });
  return { figure: ratio === null ? null : percent(ratio), more: `of ${counted(all, "question")} to this process`, asOf: at };
}

function oldest({ answers }) {
  return earliest(answers.flatMap(({ regions }) => regions));
}

/// The earliest of moments, which is null where none is known.
function earliest(told) {
  const moments = told.map(({ asOf }) => (typeof asOf === "number" ? asOf : Date.parse(asOf))).filter(Number.isFinite);
  return moments.length === 0 ? null : Math.min(...moments);
}
