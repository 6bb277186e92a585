// What an answer of costs says of this month.

import { near, sum } from "../showing/decimal.js";
import { monthOf } from "../showing/words.js";

/// What was spent this month so far, whether that is all of it, and what was in the same days of the month before, which
/// only answers by day tell; of answers in one currency. What is not known is null.
export function thisMonth(answer, now = Date.now()) {
  const { labels, data, currency, granularity } = answer;
  const [month, monthBefore] = [monthOf(now), monthOf(now, 1)];
  const isAnyKnown = (index) => data.some(({ amounts }) => amounts[index] !== null);
  const lastDay = labels.filter((label, index) => label.startsWith(month) && isAnyKnown(index)).at(-1)?.slice(8);
  if (currency === null || lastDay === undefined) return { current: null, isWhole: true, before: null, currency };
  const isOf = (month) => (label) => label.startsWith(month) && label.slice(8) <= lastDay;
  const spent = (month) => sum(data.flatMap(({ amounts }) => amounts.filter((_, index) => isOf(month)(labels[index]))));
  const isWhole = (month) => isToldFromItsFirst(month, answer) && !answer.incomplete.some(isOf(month));
  return {
    current: spent(month),
    isWhole: isWhole(month),
    before: granularity === "day" && isWhole(monthBefore) ? spent(monthBefore) : null,
    currency,
  };
}

/// By how much percent more or less that is than before; null where there is nothing to compare.
export function changeOf({ current, before, isWhole }) {
  if (current === null || before === null || !isWhole || near(before) === 0) return null;
  return (100 * (near(current) - near(before))) / Math.abs(near(before));
}

/// The last 30 days, say, need not have the month's first.
function isToldFromItsFirst(month, { labels, from }) {
  return labels.includes(`${month}-01`) && from <= `${month}-01`;
}
