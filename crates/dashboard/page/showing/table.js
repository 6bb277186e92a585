// A table that can be sorted, filtered, paged and taken away as a file.

import { choose, chosen, onChosen } from "./address.js";
import { download } from "./csv.js";
import { element, fill } from "./element.js";
import { count, orUnknown, UNKNOWN } from "./words.js";

const PAGE = 20;

/// `columns` are `{ key, label, value(row), cell?(row), isNumber? }`: `value` is sorted by and goes into files, `cell` is
/// shown where the value's own text is not. The first column names the row.
///
/// `name` is that of its choices in the address and of its file. `setRows(rows)` shows others.
export function table({ name, caption, columns, firstSort, page = PAGE }) {
  const state = { rows: [], page: 0 };
  const body = element("tbody");
  const head = columns.map((column) => headerCell(column, () => sortBy(column.key)));
  const pager = pagerOf((page) => { state.page = page; show(); });
  const filter = element("input", { type: "search", placeholder: "Filter", "aria-label": `Filter ${caption}`, value: chosen(`${name}.q`),
    on: { input: () => { state.page = 0; choose(`${name}.q`, filter.value); } } });
  const save = element("button", { type: "button", class: "quiet", on: { click: () => saveAs(name, columns, visible()) } }, "CSV");

  const visible = () => sorted(filtered(state.rows, columns, filter.value), columns, chosen(`${name}.sort`, firstSort));
  const sortBy = (key) => {
    const before = chosen(`${name}.sort`, firstSort);
    choose(`${name}.sort`, before === key ? `-${key}` : key, firstSort);
  };
  const show = () => {
    const rows = visible();
    state.page = Math.max(0, Math.min(state.page, Math.ceil(rows.length / page) - 1));
    const from = state.page * page;
    fill(body, rows.slice(from, from + page).map((row) => bodyRow(columns, row)), rows.length === 0 && nothing(columns, state));
    markSorted(head, columns, chosen(`${name}.sort`, firstSort));
    pager.show(from, page, rows.length, state.rows.length);
  };
  onChosen(`${name}.q`, (value) => { if (filter.value !== value) filter.value = value; show(); });
  onChosen(`${name}.sort`, show);

  const grid = element("table", {}, element("caption", { class: "unseen" }, caption), element("thead", {}, element("tr", {}, head)), body);
  const tools = element("div", { class: "table-tools" }, filter, pager.node, save);
  const node = element("div", { class: "table" }, tools, scrolled(caption, grid));
  return { node, setRows: (rows) => { state.rows = rows; show(); } };
}

/// A table of a few rows that needs no tools.
export function plainTable({ caption, columns, rows }) {
  const head = columns.map(({ label, isNumber }) => element("th", { scope: "col", class: isNumber && "number" }, label));
  const grid = element("table", {}, element("caption", { class: "unseen" }, caption), element("thead", {}, element("tr", {}, head)),
    element("tbody", {}, rows.map((row) => bodyRow(columns, row))));
  return scrolled(caption, grid);
}

/// Wide tables scroll by themselves, by keyboard too, and the page does not.
function scrolled(label, node) {
  return element("div", { class: "scrolled", role: "region", "aria-label": label, tabindex: "0" }, node);
}

function headerCell({ label, isNumber }, sort) {
  return element("th", { scope: "col", class: isNumber && "number" }, element("button", { type: "button", on: { click: sort } }, label));
}

function bodyRow(columns, row) {
  return element("tr", {}, columns.map((column, index) => {
    const shown = column.cell ? column.cell(row) : orUnknown(column.value(row));
    const content = shown === UNKNOWN ? element("span", { class: "unknown" }, UNKNOWN) : shown;
    const attributes = { class: classOf(column), title: column.isClipped && orUnknown(column.value(row)) };
    return index === 0 ? element("th", { ...attributes, scope: "row" }, content) : element("td", attributes, content);
  }));
}

/// Clipped columns take the room that the others leave, and end in an ellipsis.
function classOf({ isNumber, isClipped }) {
  return isNumber ? "number" : isClipped && "clipped";
}

function nothing(columns, { rows }) {
  const text = rows.length === 0 ? "Nothing here." : "Nothing matches the filter.";
  return element("tr", {}, element("td", { colspan: columns.length, class: "nothing" }, text));
}

function filtered(rows, columns, text) {
  const words = text.toLowerCase().split(/\s+/).filter(Boolean);
  if (words.length === 0) return rows;
  return rows.filter((row) => {
    const whole = columns.map((column) => orUnknown(column.value(row))).join("\n").toLowerCase();
    return words.every((word) => whole.includes(word));
  });
}

/// What is unknown comes last, whichever way the rest is sorted.
function sorted(rows, columns, sort = "") {
  const isDown = sort.startsWith("-");
  const column = columns.find(({ key }) => key === sort.replace(/^-/, ""));
  if (!column) return rows;
  const isMissing = (value) => value === null || value === undefined || value === "";
  const keyed = rows.map((row) => ({ row, value: column.value(row) }));
  keyed.sort((one, other) => {
    if (isMissing(one.value) || isMissing(other.value)) return isMissing(one.value) - isMissing(other.value);
    return compared(one.value, other.value) * (isDown ? -1 : 1);
  });
  return keyed.map(({ row }) => row);
}

function compared(one, other) {
  if (typeof one === "number" && typeof other === "number") return one - other;
  const [first, second] = [String(one), String(other)];
  return first < second ? -1 : Number(first > second);
}

function markSorted(head, columns, sort = "") {
  head.forEach((cell, index) => {
    const isSorted = columns[index].key === sort.replace(/^-/, "");
    if (isSorted) cell.setAttribute("aria-sort", sort.startsWith("-") ? "descending" : "ascending");
    else cell.removeAttribute("aria-sort");
  });
}

function pagerOf(goTo) {
  let page = 0;
  const before = element("button", { type: "button", class: "quiet", "aria-label": "Previous page", on: { click: () => goTo(page - 1) } }, "‹");
  const after = element("button", { type: "button", class: "quiet", "aria-label": "Next page", on: { click: () => goTo(page + 1) } }, "›");
  const text = element("span", { class: "pager-text", role: "status" });
  const show = (from, size, shown, all) => {
    page = Math.floor(from / size);
    const range = shown === 0 ? "0" : `${count(from + 1)}–${count(Math.min(from + size, shown))}`;
    text.textContent = `${range} of ${count(shown)}${shown === all ? "" : ` (${count(all)})`}`;
    before.disabled = from === 0;
    after.disabled = from + size >= shown;
  };
  return { node: element("div", { class: "pager" }, before, text, after), show };
}

function saveAs(name, columns, rows) {
  download(`larder-${name}`, columns.map(({ label }) => label), rows.map((row) => columns.map((column) => column.value(row))));
}
