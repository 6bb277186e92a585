// What there is: instances, snapshots and images of every account and region.

import { chosenRegion, isOfChosenRegion } from "../asking/chosen-accounts.js";
import { element, renew } from "../showing/element.js";
import { table } from "../showing/table.js";
import { tabList } from "../showing/tabs.js";
import { UNKNOWN } from "../showing/words.js";
import { atLeast, coverageOf, without } from "./coverage.js";
import { IMAGE_COLUMNS, INSTANCE_COLUMNS, SNAPSHOT_COLUMNS } from "./inventory-columns.js";
import { summaryOfImages, summaryOfInstances, summaryOfSnapshots } from "./inventory-summary.js";
import { failuresOfAccounts, nameOf, panel, toldLine } from "./panel.js";

const KINDS = [
  { id: "instances", text: "Instances", columns: INSTANCE_COLUMNS, firstSort: "name", summary: summaryOfInstances },
  { id: "snapshots", text: "Snapshots", columns: SNAPSHOT_COLUMNS, firstSort: "-started", summary: summaryOfSnapshots },
  { id: "images", text: "AMIs", columns: IMAGE_COLUMNS, firstSort: "-created", summary: summaryOfImages },
];
const NONE = { answers: [], failures: [] };

/// `feeds` has one for each kind.
export function inventoryPanel(feeds) {
  const { node, show } = panel({ id: "inventory", title: "Inventory", wide: true });
  const parts = KINDS.map((kind) => ({ kind, feed: feeds[kind.id], drawn: null, ...kindPart(kind, feeds[kind.id]) }));
  const tabs = tabList({ name: "tab", label: "Inventory", tabs: parts.map(({ kind, node, draw }) => ({ id: kind.id, text: kind.text, node, draw })) });
  for (const part of parts) {
    part.feed.onChange(({ data, revision }) => {
      if (part.drawn !== revision) {
        part.drawn = revision;
        tabs.changed(part.kind.id);
        tabs.count(part.kind.id, data ? atLeast(rowsIn(data).length, coverageOf(data)) : "");
      }
      show(combined(parts), () => content(parts, tabs));
    });
  }
  return { node };
}

/// The rows of answers, since several panels want them.
const known = new WeakMap();

/// The rows of the chosen region, each with its account.
export function rowsIn({ answers }) {
  const region = chosenRegion();
  if (known.get(answers)?.region !== region) {
    const rows = answers.flatMap(({ account, rows }) => rows.filter(isOfChosenRegion).map((row) => ({ ...row, account })));
    known.set(answers, { region, rows });
  }
  return known.get(answers).rows;
}

function kindPart(kind, feed) {
  const summary = element("p", { class: "summary" });
  const told = toldLine("div");
  const rows = table({ name: kind.id, caption: kind.text, columns: kind.columns, firstSort: kind.firstSort });
  const node = element("div", {}, summary, rows.node, told.node);
  const draw = () => {
    const data = feed.state.data ?? NONE;
    const coverage = coverageOf(data);
    renew(summary, kind.summary(rowsIn(data), coverage), without(coverage));
    rows.setRows(rowsIn(data), coverage.known === 0 ? UNKNOWN : undefined);
    told.show(toldOf(data));
  };
  return { node, draw };
}

/// The three kinds as one state: the panel is busy while one is, and shows what fails of any.
function combined(parts) {
  const states = parts.map(({ feed }) => feed.state);
  const data = states.some(({ data }) => data !== null) ? states : null;
  const problem = states.map(({ problem }) => problem).find(Boolean) ?? null;
  const revision = states.reduce((sum, { revision }) => sum + revision, 0);
  return { data, problem, revision, isLoading: states.some(({ isLoading }) => isLoading) };
}

function content(parts, tabs) {
  const known = parts.map(({ feed }) => feed.state.data).filter(Boolean);
  return { content: [tabs.node, tabs.panels], told: null, failures: unique(known.flatMap(failuresIn)) };
}

function toldOf({ answers }) {
  return answers.flatMap(({ account, regions }) => regions.filter(isOfChosenRegion).map(({ region, asOf, source }) =>
    ({ what: `${region}, ${nameOf(account)}`, asOf, source })));
}

/// Regions that nobody could tell of, and those of which the history told instead of AWS.
function failuresIn({ answers, failures }) {
  const ofRegions = answers.flatMap(({ account, regions, failedRegions }) => [
    ...failedRegions.map(({ region, code, detail }) => ({ who: `${region}, ${nameOf(account)}`, code, detail, region })),
    ...regions.filter(({ code }) => code).map(({ region, code, detail, source }) =>
      ({ who: `${region}, ${nameOf(account)}: ${source === "history" ? "from the history" : "an older answer"}`, code, detail, region })),
  ]);
  return [...failuresOfAccounts(failures), ...ofRegions.filter(isOfChosenRegion)];
}

/// What is the same of instances, snapshots and images is said once.
function unique(failures) {
  const byText = new Map(failures.map((failure) => [`${failure.who} ${failure.code}`, failure]));
  return [...byText.values()];
}
