// Tables as files of comma-separated values, RFC 4180.

import { element } from "./element.js";

/// Gives the person a file.
export function download(name, header, rows) {
  const text = [header, ...rows].map((row) => row.map(field).join(",")).join("\r\n");
  const url = URL.createObjectURL(new Blob([`${text}\r\n`], { type: "text/csv;charset=utf-8" }));
  const link = element("a", { href: url, download: `${name}.csv` });
  link.click();
  URL.revokeObjectURL(url);
}

function field(value) {
  const text = value === null || value === undefined ? "" : String(value);
  const harmless = isFormula(text) ? `'${text}` : text;
  // Where a comma is the decimal sign, spreadsheets take a semicolon for what is between fields.
  return /[",;\t\r\n]/.test(harmless) ? `"${harmless.replaceAll('"', '""')}"` : harmless;
}

/// What a spreadsheet would calculate instead of showing: anybody can give an instance a name. Numbers are no harm.
function isFormula(text) {
  return /^\s*[=+@＝＋＠－]/.test(text) || /^[\t\r\n]/.test(text) || (/^\s*-/.test(text) && !/^-\d+(\.\d+)?$/.test(text));
}
