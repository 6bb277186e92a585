// A sync, in as many requests as it takes: one for each account and kind, so that there is progress to tell.

import { post } from "./ask.js";
import { sideBySide } from "./side-by-side.js";

/// What can be synced: what it is called, and the route for an account.
export const KINDS = [
  { id: "instances", text: "Instances", path: (account) => `/ec2/api/accounts/${account}/sync` },
  { id: "snapshots", text: "Snapshots and AMIs", path: (account) => `/snapshots/api/accounts/${account}/sync` },
  { id: "costs", text: "Costs", path: (account) => `/api/cost-data/sync?accountId=${account}` },
];

/// Syncs these kinds of these accounts; `onProgress(done, all)` is called at each step. What came of it:
/// `{ outcomes, failures }`, each failure with its account, kind, region (if it has one), code and detail, and whether it is
/// unknown what came of it.
export async function sync(accounts, kinds, region, onProgress) {
  const steps = accounts.flatMap((account) => kinds.map((kind) => ({ account, kind })));
  let finished = 0;
  onProgress(0, steps.length);
  const { done, failed } = await sideBySide(steps, async ({ account, kind }) => {
    try {
      return await post(withRegion(kind, account.accountId, region), {});
    } finally {
      onProgress(++finished, steps.length);
    }
  });
  const failures = failed.map(({ item, problem }) =>
    ({ account: item.account, kind: item.kind.text, region: null, code: problem.code, detail: detailOf(problem), isUnanswered: problem.isUnanswered }));
  const ofRegions = done.flatMap(({ item, value }) => (value.failedRegions ?? []).map((failure) =>
    ({ account: item.account, ...failure, kind: failure.kind ?? item.kind.text })));
  return { outcomes: done.flatMap(({ value }) => value.outcomes ?? []), failures: [...failures, ...ofRegions] };
}

/// What a failure means for a sync, where it is not Larder that told.
function detailOf(problem) {
  if (problem.isUnanswered) return "No answer came in time. It may still be going on: what comes of it will stand under Syncs.";
  if (problem.code === "HTTP_429") return "The API takes no more requests for now, and has not begun this one: try again later.";
  return problem.detail;
}

function withRegion(kind, account, region) {
  const path = kind.path(account);
  return region && kind.id !== "costs" ? `${path}?${new URLSearchParams({ region })}` : path;
}
