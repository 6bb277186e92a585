// Which costs are asked for, by what is chosen.

import { chosen } from "../showing/address.js";
import { dayOf, monthOf } from "../showing/words.js";

const DAY = 86_400_000;

/// How far back costs go: what stands in the address, its text, and the first day, which is null for Larder's own choice.
export const RANGES = [
  ["3m", "3 months", () => null],
  ["30d", "30 days", (now) => dayOf(now - 29 * DAY)],
  ["month", "This month", (now) => `${monthOf(now)}-01`],
  ["12m", "12 months", (now) => `${monthOf(now, 11)}-01`],
];

/// The query of /api/cost-data.
export function costQuery(now = Date.now()) {
  const range = RANGES.find(([value]) => value === chosen("range", RANGES[0][0])) ?? RANGES[0];
  const from = range[2](now);
  const query = new URLSearchParams({
    granularity: chosen("per", "day"),
    groupBy: chosen("by", "service"),
    metric: chosen("metric", "unblended"),
  });
  if (from !== null) {
    query.set("from", from);
    query.set("to", dayOf(now + DAY));
  }
  return query;
}
