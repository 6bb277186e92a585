// How much is known of what a figure speaks of: a sum of parts is not told as the whole.

import { isOfChosenRegion } from "../asking/chosen-accounts.js";
import { count, counted, UNKNOWN } from "../showing/words.js";

/// Of the chosen region, in all accounts: how many places are known, how many are not, of how many whole accounts nothing
/// is known, and whether what is known was told to its end.
export function coverageOf({ answers, failures }) {
  const shown = (regions) => regions.filter(isOfChosenRegion).length;
  const sum = (numbers) => numbers.reduce((sum, number) => sum + number, 0);
  return {
    known: sum(answers.map(({ body, regions }) => shown(regions ?? Object.keys(body.regions ?? {}).map((region) => ({ region }))))),
    missing: sum(answers.map(({ body, failedRegions }) => shown(failedRegions ?? body.failedRegions ?? []))),
    accounts: failures.length,
    isToldToItsEnd: answers.every(({ isWhole }) => isWhole !== false),
  };
}

/// Whether nothing is missing.
function isWhole({ missing, accounts, isToldToItsEnd }) {
  return missing === 0 && accounts === 0 && isToldToItsEnd;
}

/// A number of which not all may be known: `12`, `≥ 12`, or unknown.
export function atLeast(number, coverage, write = count) {
  if (coverage.known === 0) return UNKNOWN;
  return `${isWhole(coverage) ? "" : "≥ "}${write(number)}`;
}

/// What is missing, behind a comma: `, without 1 of 4 regions`; nothing where it is whole.
export function without(coverage) {
  const { known, missing, accounts, isToldToItsEnd } = coverage;
  const parts = [
    missing > 0 && `${count(missing)} of ${counted(known + missing, "region")}`,
    accounts > 0 && counted(accounts, "account"),
    !isToldToItsEnd && "the rest of the list",
  ].filter(Boolean);
  return parts.length === 0 ? "" : `, without ${parts.join(" and ")}`;
}
