// Ages that grow while one looks at them.

import { element } from "./element.js";
import { age, moment, orUnknown, UNKNOWN } from "./words.js";

const EVERY = 5_000;

/// How long ago a moment (milliseconds, or a text of RFC 3339) was, kept up to date.
export function ago(at) {
  if (at === null || at === undefined) return element("span", { class: "unknown" }, UNKNOWN);
  const milliseconds = typeof at === "string" ? Date.parse(at) : at;
  const iso = new Date(milliseconds).toISOString();
  return element("time", { datetime: iso, title: moment(milliseconds), "data-ago": milliseconds }, age(Date.now() - milliseconds));
}

/// A moment, with its age.
export function dated(at) {
  return orUnknown(at, (at) => element("time", { datetime: at }, moment(Date.parse(at))));
}

/// Begins to keep the ages up to date.
export function keepAges() {
  setInterval(() => {
    if (document.hidden) return;
    document.querySelectorAll("[data-ago]").forEach((shown) => {
      const text = age(Date.now() - Number(shown.dataset.ago));
      if (shown.textContent !== text) shown.textContent = text;
    });
  }, EVERY);
}
