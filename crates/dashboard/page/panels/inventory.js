// What there is: instances, snapshots and images of every account and region.

import { isOfChosenRegion } from "../asking/chosen-accounts.js";
import { element } from "../showing/element.js";
import { table } from "../showing/table.js";
import { tabList } from "../showing/tabs.js";
import { count, counted } from "../showing/words.js";
import { IMAGE_COLUMNS, INSTANCE_COLUMNS, SNAPSHOT_COLUMNS } from "./inventory-columns.js";
import { failuresOfAccounts, nameOf, panel, toldLine } from "./panel.js";

const KINDS = [
  { id: "instances", text: "Instances", columns: INSTANCE_COLUMNS, firstSort: "name", summary: summaryOfInstances },
  { id: "snapshots", text: "Snapshots", columns: SNAPSHOT_COLUMNS, firstSort: "-started", summary: summaryOfSnapshots },
  { id: "images", text: "AMIs", columns: IMAGE_COLUMNS, firstSort: "-created", summary: summaryOfImages },
];

/// `feeds` has one for each kind.
export function inventoryPanel(feeds) {
  const { node, show, body } = panel({ id: "inventory", title: "Inventory", wide: true });
  const parts = KINDS.map((kind) => ({ kind, feed: feeds[kind.id], ...kindPart(kind) }));
  const tabs = tabList({ name: "tab", label: "Inventory", tabs: parts.map(({ kind, node }) => ({ id: kind.id, text: kind.text, node })) });
  for (const part of parts) {
    part.feed.onChange((state) => {
      part.show(state);
      tabs.count(part.kind.id, state.data ? count(rowsIn(state.data).length) : "");
      show(combined(parts), () => combinedContent(parts, tabs, body));
    });
  }
  return { node, showAgain: () => parts.forEach(({ feed }) => feed.showAgain()) };
}

/// The rows of the chosen region, each with its account.
export function rowsIn({ answers }) {
  return answers.flatMap(({ account, rows }) => rows.map((row) => ({ ...row, account }))).filter(isOfChosenRegion);
}

function kindPart(kind) {
  const summary = element("p", { class: "summary" });
  const told = toldLine("div");
  const rows = table({ name: kind.id, caption: kind.text, columns: kind.columns, firstSort: kind.firstSort });
  const node = element("div", {}, summary, rows.node, told.node);
  const show = ({ data }) => {
    if (data === null) return;
    const shown = rowsIn(data);
    summary.replaceChildren(...kind.summary(shown), data.answers.every(({ isWhole }) => isWhole) ? "" : " There are more than the page shows.");
    rows.setRows(shown);
    told.show(toldOf(data));
  };
  return { node, show };
}

/// The three kinds as one state: the panel is busy while one is, and shows what fails of any.
function combined(parts) {
  const states = parts.map(({ feed }) => feed.state);
  const data = states.some(({ data }) => data !== null) ? states : null;
  const problem = states.map(({ problem }) => problem).find(Boolean) ?? null;
  return { data, problem, isLoading: states.some(({ isLoading }) => isLoading) };
}

function combinedContent(parts, tabs, body) {
  const known = parts.map(({ feed }) => feed.state.data).filter(Boolean);
  return {
    content: body.contains(tabs.node) ? null : [tabs.node, tabs.panels],
    told: null,
    failures: unique(known.flatMap(failuresIn)),
  };
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

function summaryOfInstances(rows) {
  const of = (state) => rows.filter((row) => row.state === state).length;
  const others = rows.length - of("running") - of("stopped");
  return [element("strong", {}, count(of("running"))), " running, ", element("strong", {}, count(of("stopped"))), ` stopped, ${count(others)} in between or gone`];
}

function summaryOfSnapshots(rows) {
  const orphans = rows.filter(({ volumeExists }) => volumeExists === false);
  const size = (rows) => count(rows.reduce((sum, { volumeSize }) => sum + (volumeSize ?? 0), 0));
  return [element("strong", {}, size(rows)), " GiB of volumes; ", element("strong", {}, counted(orphans.length, "snapshot")),
    ` without a volume (${size(orphans)} GiB)`];
}

function summaryOfImages(rows) {
  const isPublic = rows.filter((row) => row.public === true).length;
  return [element("strong", {}, counted(rows.length, "image")), `, ${count(isPublic)} of them public`];
}
