// Answers of several accounts and pages, put together.

import { Problem } from "./problem.js";
import { sideBySide } from "./side-by-side.js";

/// What the accounts answered, with the problems of those that did not; if none did, the first one's problem.
export async function ofAccounts(accounts, load) {
  const { done, failed } = await sideBySide(accounts, load);
  if (done.length === 0 && failed.length > 0) throw failed[0].problem;
  return {
    answers: done.map(({ item, value }) => ({ account: item, ...value })),
    failures: failed.map(({ item, problem }) => ({ account: item, problem })),
  };
}

/// The pages of an inventory as one: the rows of all, and what the last says of the regions.
export function inventoryOf({ pages, isWhole }, member) {
  const { regions = [], failedRegions = [], source = null } = pages.at(-1).body;
  const rows = pages.flatMap(({ body }) => body[member]);
  return { rows, regions, failedRegions, source, isWhole, told: pages[0].told };
}

/// The same of running minutes.
export function runningOf({ pages, isWhole }) {
  const [first] = pages;
  if (!Array.isArray(first.body.servers)) {
    throw new Problem({ code: "UNREADABLE", detail: "The answer names no servers." });
  }
  const progress = pages.flatMap(({ body }) => body.progress ?? []);
  return { month: first.body.month, servers: pages.flatMap(({ body }) => body.servers), progress, isWhole };
}
