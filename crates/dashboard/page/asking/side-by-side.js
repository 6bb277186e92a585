import { problemOfFailure } from "./problem.js";

/// A browser opens six connections to a host; more at once would only wait there, before what a person asks for.
const WIDTH = 6;

/// What `work` makes of each item: `{ done: [{ item, value }], failed: [{ item, problem }] }`, in the order of the items.
export async function sideBySide(items, work) {
  const results = new Array(items.length);
  let next = 0;
  const worker = async () => {
    while (next < items.length) {
      const index = next++;
      results[index] = await attempt(items[index], work);
    }
  };
  await Promise.all(Array.from({ length: Math.min(WIDTH, items.length) }, worker));
  return { done: results.filter((result) => !result.problem), failed: results.filter((result) => result.problem) };
}

async function attempt(item, work) {
  try {
    return { item, value: await work(item) };
  } catch (error) {
    return { item, problem: problemOfFailure(error) };
  }
}
