// What the page says while the history's database is out of reach, or where there is none.

import { element, renew } from "../showing/element.js";

/// A line that shows itself when the history does not answer.
export function historyNotice(syncs) {
  const notice = element("p", { class: "notice", role: "status", hidden: true });
  syncs.onChange(({ problem }) => {
    notice.hidden = !problem;
    if (!problem) return;
    const what = problem.isNotConfigured
      ? "No history is kept here: figures come from the cache and AWS, and nothing is known of the past."
      : "The history can't be read: figures come from the cache, and what only the history knows is missing.";
    renew(notice, what, " ", element("code", {}, problem.code), " ", problem.detail);
  });
  return notice;
}
