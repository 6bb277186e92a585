// The frame of a panel: its title and controls, what failed of it, its figures, and how old they are and where from.

import { ago } from "../showing/ages.js";
import { element, fill } from "../showing/element.js";
import { foldOut } from "../showing/fold-out.js";

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

/// A panel. `show(state, render)` shows a feed's state: `render(data)` gives `{ content, told, failures }`, where `told` is
/// `[{ what?, asOf, source }]` and `failures` are `[{ who, code, detail }]`.
export function panel({ id, title, controls = [], wide = false }) {
  const body = element("div", { class: "panel-body" });
  const failures = element("div", { class: "failures", role: "status" });
  const told = toldLine("footer");
  const heading = element("header", { class: "panel-head" }, element("h2", { id: `${id}-title` }, title), element("div", { class: "controls" }, controls));
  const node = element("section", { id, class: wide ? "panel wide" : "panel", "aria-labelledby": `${id}-title`, "aria-busy": "true" },
    heading, failures, body, told.node);
  const show = ({ data, problem, isLoading }, render) => {
    node.setAttribute("aria-busy", String(isLoading));
    const rendered = data === null ? { content: null, told: [], failures: [] } : render(data);
    if (rendered.content) fill(body, rendered.content);
    if (data === null && problem) fill(body, element("p", { class: "nothing" }, problem.isNotConfigured ? problem.detail : "No figures yet: they are unknown."));
    fill(failures, failureList([...asFailure(problem, data), ...(rendered.failures ?? [])]));
    // A panel of several parts says of each by itself.
    told.node.hidden = rendered.told === null;
    told.show(rendered.told ?? []);
  };
  return { node, body, show };
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
  const one = element("p", {}, "Nothing is known.");
  const several = foldOut();
  const node = element(tag, { class: "told" }, one);
  const show = (told) => {
    const line = told.length === 0 ? "Nothing is known." : lineOf(told);
    const parts = told.filter(({ what }) => what);
    if (parts.length < 2) fill(one, line);
    else several.show(line, element("ul", { class: "told-parts" }, parts.map(toldPart)));
    fill(node, parts.length < 2 ? one : several.node);
  };
  return { node, show };
}

function lineOf(told) {
  const known = told.filter(({ asOf }) => asOf !== null && asOf !== undefined);
  const oldest = known.reduce((oldest, one) => (oldest === null || at(one) < at(oldest) ? one : oldest), null);
  const sources = [...new Set(told.map(({ source }) => source).filter(Boolean))];
  const source = sources.map((source) => SOURCES[source] ?? source).join(", ");
  return [oldest ? ["as of ", ago(at(oldest)), " ago"] : "age unknown", source && ` · from ${source}`];
}

function toldPart({ what, asOf, source }) {
  return element("li", {}, element("span", {}, what), element("span", {}, ago(asOf ?? null), source && ` · ${SOURCES[source] ?? source}`));
}

function at({ asOf }) {
  return typeof asOf === "string" ? Date.parse(asOf) : asOf;
}
