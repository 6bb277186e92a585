// Which rows of a table are shown, and in which order.

import { orUnknown } from "./words.js";

/// The rows that have each word of `text` in what the columns say of them.
export function filtered(rows, columns, text) {
  const words = text.toLowerCase().split(/\s+/).filter(Boolean);
  if (words.length === 0) return rows;
  return rows.filter((row) => {
    const whole = columns.map((column) => orUnknown(column.value(row))).join("\n").toLowerCase();
    return words.every((word) => whole.includes(word));
  });
}

/// The rows by the column that `sort` names, downwards behind a `-`. What is unknown comes last, whichever way the rest is
/// sorted.
export function sorted(rows, columns, sort = "") {
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
