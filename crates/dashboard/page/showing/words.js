// Numbers and times as people read them. What is not known is "unknown", never 0.

import { near } from "./decimal.js";
import { amount as amountOf, clock, dayAndTime, decimal } from "./numbers.js";

export const UNKNOWN = "unknown";

/// What `write` makes of a value that is known.
export function orUnknown(value, write = String) {
  return value === null || value === undefined || value === "" ? UNKNOWN : write(value);
}

export function count(number) {
  return orUnknown(number, (number) => decimal(number, 0));
}

export function counted(number, one, many = `${one}s`) {
  return `${count(number)} ${number === 1 ? one : many}`;
}

export function percent(number) {
  return orUnknown(number, (number) => `${decimal(number, 1)} %`);
}

/// An amount, which is a decimal text, to two places; `currency` is null where there are several.
export function money(amount, currency) {
  return orUnknown(amount, (amount) => amountOf(near(amount), currency));
}

/// Minutes as hours and minutes: `76 h 05`.
export function hours(minutes) {
  return orUnknown(minutes, (minutes) => {
    const rounded = Math.round(minutes);
    return `${decimal(Math.floor(rounded / 60), 0)} h ${String(rounded % 60).padStart(2, "0")}`;
  });
}

export function bytes(number) {
  return orUnknown(number, (number) => {
    const unit = number < 1024 ? 0 : Math.min(3, Math.floor(Math.log2(number) / 10));
    const value = number / 1024 ** unit;
    return `${unit === 0 || value >= 100 ? decimal(value, 0) : decimal(value, 1)} ${["B", "KiB", "MiB", "GiB"][unit]}`;
  });
}

export function micros(number) {
  return orUnknown(number, (number) => (number < 1000 ? `${decimal(number, 0)} µs` : `${decimal(number / 1000, 1)} ms`));
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
  return clock(at);
}

export function moment(at) {
  return dayAndTime(at);
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
