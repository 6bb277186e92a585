// Numbers and times as people read them. What is not known is "unknown", never 0.

import { near } from "./decimal.js";

export const UNKNOWN = "unknown";

const LOCALE = "en-GB";
const whole = new Intl.NumberFormat(LOCALE, { maximumFractionDigits: 0 });
const tenth = new Intl.NumberFormat(LOCALE, { minimumFractionDigits: 1, maximumFractionDigits: 1 });
const clock = new Intl.DateTimeFormat(LOCALE, { hour: "2-digit", minute: "2-digit", second: "2-digit" });
const dayAndTime = new Intl.DateTimeFormat(LOCALE, { dateStyle: "medium", timeStyle: "medium" });

/// What `write` makes of a value that is known.
export function orUnknown(value, write = String) {
  return value === null || value === undefined || value === "" ? UNKNOWN : write(value);
}

export function count(number) {
  return orUnknown(number, (number) => whole.format(number));
}

export function counted(number, one, many = `${one}s`) {
  return `${count(number)} ${number === 1 ? one : many}`;
}

export function percent(number) {
  return orUnknown(number, (number) => `${tenth.format(number)} %`);
}

/// An amount, which is a decimal text, to two places; `currency` is null where there are several.
export function money(amount, currency) {
  return orUnknown(amount, (amount) => formatOf(currency).format(near(amount)));
}

/// Making one takes longer than a hundred numbers do.
const formats = new Map();

function formatOf(currency) {
  if (!formats.has(currency)) {
    const options = { minimumFractionDigits: 2, maximumFractionDigits: 2 };
    const style = currency ? { ...options, style: "currency", currency, currencyDisplay: "narrowSymbol" } : options;
    formats.set(currency, new Intl.NumberFormat(LOCALE, style));
  }
  return formats.get(currency);
}

/// Minutes as hours and minutes: `76 h 05`.
export function hours(minutes) {
  return orUnknown(minutes, (minutes) => {
    const rounded = Math.round(minutes);
    return `${whole.format(Math.floor(rounded / 60))} h ${String(rounded % 60).padStart(2, "0")}`;
  });
}

export function bytes(number) {
  return orUnknown(number, (number) => {
    const unit = number < 1024 ? 0 : Math.min(3, Math.floor(Math.log2(number) / 10));
    const value = number / 1024 ** unit;
    return `${unit === 0 || value >= 100 ? whole.format(value) : tenth.format(value)} ${["B", "KiB", "MiB", "GiB"][unit]}`;
  });
}

export function micros(number) {
  return orUnknown(number, (number) => (number < 1000 ? `${whole.format(number)} µs` : `${tenth.format(number / 1000)} ms`));
}

/// How long ago, in the two largest units that say something: `3 min`, `2 h 10 min`, `12 d`.
export function age(milliseconds) {
  const seconds = Math.max(0, Math.round(milliseconds / 1000));
  if (seconds < 60) return `${seconds} s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return `${minutes} min`;
  const wholeHours = Math.floor(minutes / 60);
  if (wholeHours < 24) return minutes % 60 === 0 ? `${wholeHours} h` : `${wholeHours} h ${minutes % 60} min`;
  return `${count(Math.floor(wholeHours / 24))} d`;
}

export function time(at) {
  return clock.format(new Date(at));
}

export function moment(at) {
  return dayAndTime.format(new Date(at));
}

/// `minutes:seconds` until a moment.
export function until(at, now = Date.now()) {
  const seconds = Math.max(0, Math.ceil((at - now) / 1000));
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
}

/// The month of a moment in UTC, as AWS and Larder count months: `2026-11`.
export function monthOf(at, back = 0) {
  const date = new Date(at);
  return new Date(Date.UTC(date.getUTCFullYear(), date.getUTCMonth() - back, 1)).toISOString().slice(0, 7);
}

/// The day of a moment in UTC: `2026-11-22`.
export function dayOf(at) {
  return new Date(at).toISOString().slice(0, 10);
}
