// The frame of a panel: its title and controls, what failed of it, its figures, and how old they are and where from.

import { ago } from "../showing/ages.js";
import { element, fill, renew } from "../showing/element.js";
import { foldOut } from "../showing/fold-out.js";
import { count } from "../showing/words.js";

/// Sources as people read them.
const SOURCES = {
  memory: "memory",
  store: "store",
  upstream: "AWS",
  history: "history",
  cache: "cache",
  stale: "cache, past its time",
  mixed: "several sources",
};

const NOTHING_KNOWN = "Nothing is known.";
const NOTHING = { content: null, told: [], failures: [] };

/// A panel. `show(state, render)` shows a feed's state: `render(data)` gives `{ content, told, failures }`, where `content`
/// are elements that stay the same, `told` is `[{ what?, asOf, source }]` and `failures` are `[{ who, code, detail }]`. It is
/// asked for only when there is something else to be drawn.
export function panel({ id, title, controls = [], wide = false }) {
  const body = element("div", { class: "panel-body" });
  const failures = element("div", { class: "failures", role: "status" });
  const told = toldLine("footer");
  const heading = element("header", { class: "panel-head" }, element("h2", { id: `${id}-title` }, title), element("div", { class: "controls" }, controls));
  const node = element("section", { id, class: wide ? "panel wide" : "panel", "aria-labelledby": `${id}-title`, "aria-busy": "true" },
    heading, failures, body, told.node);
  let drawn = { revision: null, failures: [] };
  const draw = ({ data, problem, revision }, render) => {
    const rendered = data === null ? NOTHING : render(data);
    drawn = { revision, failures: rendered.failures ?? [] };
    keepHeight(body, data === null && problem === null);
    fill(body, rendered.content);
    // A panel of several parts says of each by itself.
    told.node.hidden = rendered.told === null;
    told.show(rendered.told ?? []);
  };
  const show = (state, render) => {
    const { data, problem, isLoading, revision } = state;
    node.setAttribute("aria-busy", String(isLoading));
    if (revision !== drawn.revision) draw(state, render);
    if (data === null && problem) fill(body, element("p", { class: "nothing" }, problem.isNotConfigured ? problem.detail : "No figures yet: they are unknown."));
    renew(failures, failureList([...asFailure(problem, data), ...drawn.failures]));
  };
  return { node, show };
}

/// What is below must not jump to where one reads while something else is asked for.
function keepHeight(body, isAsking) {
  if (!isAsking) body.style.removeProperty("min-height");
  else if (body.firstChild) body.style.setProperty("min-height", `${body.offsetHeight}px`);
}

/// The failures of whole accounts, as a panel lists them.
export function failuresOfAccounts(failures) {
  return failures.map(({ account, problem }) => ({ who: nameOf(account), code: problem.code, detail: problem.detail }));
}

/// What an account is called.
export function nameOf({ accountId, name }) {
  return name || accountId;
}

function asFailure(problem, data) {
  if (!problem || problem.isNotConfigured) return [];
  const who = data === null ? "Not answered" : "Not refreshed; the last good figures are shown";
  return [{ who, code: problem.code, detail: problem.detail }];
}

function failureList(failures) {
  if (failures.length === 0) return null;
  return element("ul", { class: "failure-list" }, failures.map(({ who, code, detail }) =>
    element("li", {}, element("strong", {}, who), " ", element("code", {}, code), " ", detail)));
}

/// How old the oldest figure is and where they came from, in an element of that tag; each of several below, for who wants
/// to know. `show(told)` shows others.
export function toldLine(tag) {
  const one = element("p", {}, NOTHING_KNOWN);
  const several = foldOut();
  const list = element("ul", { class: "told-parts" });
  const node = element(tag, { class: "told" }, one);
  const show = (told) => {
    const line = told.length === 0 ? NOTHING_KNOWN : lineOf(told);
    const parts = told.filter(({ what }) => what);
    const isSeveral = parts.length > 1;
    if (isSeveral) several.show(line, () => { renew(list, parts.map(toldPart)); return list; });
    else renew(one, line);
    fill(node, isSeveral ? several.node : one);
  };
  return { node, show };
}

function lineOf(told) {
  const known = told.filter(({ asOf }) => asOf !== null && asOf !== undefined);
  const oldest = known.reduce((oldest, one) => (oldest === null || at(one) < at(oldest) ? one : oldest), null);
  const sources = [...new Set(told.map(({ source }) => source).filter(Boolean))];
  const source = sources.map((source) => SOURCES[source] ?? source).join(", ");
  const unknown = told.length - known.length;
  return [oldest ? ["as of ", ago(at(oldest)), " ago"] : "age unknown", oldest && unknown > 0 && `, of ${count(unknown)} unknown`, source && ` · from ${source}`];
}

function toldPart({ what, asOf, source }) {
  return element("li", {}, element("span", {}, what), element("span", {}, ago(asOf ?? null), source && ` · ${SOURCES[source] ?? source}`));
}

function at({ asOf }) {
  return typeof asOf === "string" ? Date.parse(asOf) : asOf;
}
