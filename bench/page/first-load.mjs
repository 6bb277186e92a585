// The page's first load of data from a server that is warm, by a browser that is open and has none of the page's files:
// `node first-load.mjs URL [COUNT]`, with Chromium where CHROMIUM says or where Debian puts it. Prints
// `{"milliseconds": [..], "bytes": n, "bare": {..}}`: from the navigation's start until all figures are shown, for each load,
// and the most that came over the wire, with what charts need after that. `bare` are the same two of fetching the same
// answers at once, and showing none.

import { openTab } from "./browser.mjs";

/// What the page marks when all that it asked for has been answered and shown.
const SHOWN = "figures-shown";
/// A page that does nothing of its own accord.
const BARE = "/icon.svg";
/// Loads that do not count: the server's cache fills, and what is compiled on both sides is.
const WARMING = 2;
/// For whatever begins with a navigation and belongs to no load.
const CALM = 500;

const [url, count = "10"] = process.argv.slice(2);
if (url === undefined) throw new Error("which URL?");

const tab = await openTab({ width: 1440, height: 900 });
try {
  const [loads, bareLoads] = [[], []];
  for (let load = 0; load < WARMING + Number(count); load += 1) {
    await tab.go(new URL(BARE, url).href);
    await calm();
    bareLoads.push(await tab.evaluate(fetched, loads.at(-1)?.asked ?? []));
    await tab.forget();
    await tab.go(url);
    loads.push(await tab.evaluate(shown, SHOWN));
    await calm();
  }
  console.log(JSON.stringify({ ...summary(loads), bare: summary(bareLoads) }));
} finally {
  await tab.close();
}

function calm() {
  return new Promise((resolve) => setTimeout(resolve, CALM));
}

/// Of those that count.
function summary(all) {
  const counted = all.slice(WARMING);
  return {
    milliseconds: counted.map(({ milliseconds }) => milliseconds),
    bytes: Math.max(...counted.map(({ bytes }) => bytes)),
  };
}

/// Runs in the page: when all was shown, what came over the wire, and what was asked for.
async function shown(name) {
  const milliseconds = await new Promise((resolve) => {
    const observer = new PerformanceObserver((list) => list.getEntriesByName(name).forEach(({ startTime }) => resolve(startTime)));
    observer.observe({ type: "mark", buffered: true });
  });
  const hasCharts = document.querySelector("meta[name=chart-library]") !== null;
  while (hasCharts && window.Chart === undefined) await new Promise((resolve) => setTimeout(resolve, 10));
  const figures = [...document.querySelectorAll(".tile .figure")].map(({ textContent }) => textContent);
  if (figures.length === 0 || figures.includes("…")) throw new Error(`not all is shown: ${figures}`);
  const entries = [...performance.getEntriesByType("navigation"), ...performance.getEntriesByType("resource")];
  const asked = entries.filter(({ initiatorType, startTime }) => initiatorType === "fetch" && startTime < milliseconds);
  const bytes = entries.reduce((sum, { transferSize }) => sum + transferSize, 0);
  return { milliseconds, bytes, asked: asked.map(({ name }) => name) };
}

/// Runs in the bare page: fetches these.
async function fetched(asked) {
  const begin = performance.now();
  await Promise.all(asked.map(async (path) => (await fetch(path, { cache: "no-store" })).text()));
  const milliseconds = performance.now() - begin;
  const bytes = performance.getEntriesByType("resource").reduce((sum, { transferSize }) => sum + transferSize, 0);
  return { milliseconds, bytes };
}
