// A table of a few rows that needs no tools.

import { element, renew } from "./element.js";
import { orUnknown, UNKNOWN } from "./words.js";

/// A table that stays where it is, scrolled as it is: `show(columns, rows)` puts others in it. The columns are those of
/// `table`.
export function plainTable(caption) {
  const head = element("tr");
  const body = element("tbody");
  const grid = element("table", {}, element("caption", { class: "unseen" }, caption), element("thead", {}, head), body);
  const show = (columns, rows) => {
    renew(head, columns.map(({ label, isNumber }) => element("th", { scope: "col", class: isNumber && "number" }, label)));
    renew(body, rows.map((row) => bodyRow(columns, row)));
  };
  return { node: scrolled(caption, grid), show };
}

/// Wide tables scroll by themselves, by keyboard too, and the page does not.
export function scrolled(label, node) {
  return element("div", { class: "scrolled", role: "region", "aria-label": label, tabindex: "0" }, node);
}

export function bodyRow(columns, row) {
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
