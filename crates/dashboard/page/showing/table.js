// A table that can be sorted, filtered, paged and taken away as a file.

import { choose, chosen, onChosen } from "./address.js";
import { download } from "./csv.js";
import { element, renew } from "./element.js";
import { pagerOf } from "./pager.js";
import { bodyRow, scrolled } from "./plain-table.js";
import { filtered, sorted } from "./rows.js";

const PAGE = 20;

/// `columns` are `{ key, label, value(row), cell?(row), file?(row), isNumber?, isInFileOnly? }`: `value` is sorted and
/// filtered by, `cell` is shown where the value's own text is not, and `file` goes into files where the value does not. The
/// first column names the row.
///
/// `name` is that of its choices in the address and of its file. `setRows(rows, nothing)` shows others; `nothing` is said
/// where there are none.
export function table({ name, caption, columns, firstSort, page = PAGE }) {
  const state = { rows: [], nothing: "", page: 0 };
  const shownColumns = columns.filter(({ isInFileOnly }) => !isInFileOnly);
  const body = element("tbody");
  const head = shownColumns.map((column) => headerCell(column, () => sortBy(column.key)));
  const pager = pagerOf((page) => { state.page = page; show(); });
  const filter = element("input", { type: "search", placeholder: "Filter", "aria-label": `Filter ${caption}`, value: chosen(`${name}.q`),
    on: { input: () => { state.page = 0; choose(`${name}.q`, filter.value); } } });
  const save = element("button", { type: "button", class: "quiet", on: { click: () => saveAs(name, columns, visible()) } }, "CSV");

  const visible = () => sorted(filtered(state.rows, shownColumns, filter.value), columns, chosen(`${name}.sort`, firstSort));
  const sortBy = (key) => {
    const before = chosen(`${name}.sort`, firstSort);
    choose(`${name}.sort`, before === key ? `-${key}` : key, firstSort);
  };
  const show = () => {
    const rows = visible();
    state.page = Math.max(0, Math.min(state.page, Math.ceil(rows.length / page) - 1));
    const from = state.page * page;
    renew(body, rows.slice(from, from + page).map((row) => bodyRow(shownColumns, row)), rows.length === 0 && nothing(shownColumns, state));
    markSorted(head, shownColumns, chosen(`${name}.sort`, firstSort));
    pager.show(from, page, rows.length, state.rows.length);
  };
  onChosen(`${name}.q`, (value) => { if (filter.value !== value) filter.value = value; show(); });
  onChosen(`${name}.sort`, show);

  const grid = element("table", {}, element("caption", { class: "unseen" }, caption), element("thead", {}, element("tr", {}, head)), body);
  const tools = element("div", { class: "table-tools" }, filter, pager.node, save);
  const node = element("div", { class: "table" }, tools, scrolled(caption, grid));
  return { node, setRows: (rows, nothing = "Nothing here.") => { Object.assign(state, { rows, nothing }); show(); } };
}

function headerCell({ label, isNumber }, sort) {
  return element("th", { scope: "col", class: isNumber && "number" }, element("button", { type: "button", on: { click: sort } }, label));
}

function nothing(columns, { rows, nothing }) {
  const text = rows.length === 0 ? nothing : "Nothing matches the filter.";
  return element("tr", {}, element("td", { colspan: columns.length, class: "nothing" }, text));
}

function markSorted(head, columns, sort = "") {
  head.forEach((cell, index) => {
    const isSorted = columns[index].key === sort.replace(/^-/, "");
    if (isSorted) cell.setAttribute("aria-sort", sort.startsWith("-") ? "descending" : "ascending");
    else cell.removeAttribute("aria-sort");
  });
}

function saveAs(name, columns, rows) {
  const fields = (row) => columns.map(({ value, file = value }) => file(row));
  download(`larder-${name}`, columns.map(({ label }) => label), rows.map(fields));
}
