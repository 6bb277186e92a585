// The page's first load of data from a server that is warm, by a browser that has never seen it:
// `NODE_PATH=COUNTERPARTS/browser/node_modules node first-load.mjs URL [COUNT]`, with Chromium where CHROMIUM says or where
// Debian puts it. Prints `{"milliseconds": [..], "bytes": n, "bare": {..}}`: from the navigation's start until all figures are
// shown, for each load, and the most that came over the wire, with what charts need after that. `bare` are the same two of
// a page without figures, which fetches the same answers at once.

import { createRequire } from "node:module";

// What NODE_PATH names, `import` does not look for.
const { chromium } = createRequire(import.meta.url)("@playwright/test");

/// What the page marks when all that it asked for has been answered and shown.
const SHOWN = "figures-shown";
/// A page that does nothing of its own accord.
const BARE = "/icon.svg";
/// What stays open for as long as the page does.
const LASTING = /\/events$/;
/// Loads that do not count: the server's cache fills, and what is compiled on both sides is.
const WARMING = 2;

const [url, count = "10"] = process.argv.slice(2);
if (url === undefined) throw new Error("which URL?");

const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
  args: ["--no-sandbox", "--disable-dev-shm-usage"],
});
const [loads, bareLoads] = [[], []];
for (let load = 0; load < WARMING + Number(count); load += 1) {
  const { asked, ...measured } = await firstLoad();
  loads.push(measured);
  bareLoads.push(await bareLoad(asked));
}
await browser.close();
console.log(JSON.stringify({ ...summary(loads), bare: summary(bareLoads) }));

/// Of those that count.
function summary(all) {
  const counted = all.slice(WARMING);
  return {
    milliseconds: counted.map(({ milliseconds }) => milliseconds),
    bytes: Math.max(...counted.map(({ bytes }) => bytes)),
  };
}

/// One load in a context of its own, whose cache is empty.
async function firstLoad() {
  const context = await browser.newContext({ viewport: { width: 1440, height: 900 } });
  const page = await context.newPage();
  const wire = await watchWire(page);
  await page.goto(url);
  const milliseconds = await page.evaluate(markedAt, SHOWN);
  await page.waitForFunction(() => document.querySelector("meta[name=chart-library]") === null || window.Chart !== undefined);
  await wire.isQuiet();
  const figures = await page.locator(".tile .figure").allTextContents();
  if (figures.length === 0 || figures.includes("…")) throw new Error(`not all is shown: ${figures}`);
  await context.close();
  return { milliseconds, bytes: wire.bytes(), asked: wire.asked() };
}

/// The same of a page that only fetches.
async function bareLoad(asked) {
  const context = await browser.newContext({ viewport: { width: 1440, height: 900 } });
  const page = await context.newPage();
  const wire = await watchWire(page);
  await page.addInitScript(fetchAll, asked);
  await page.goto(new URL(BARE, url).href);
  const milliseconds = await page.evaluate(() => window.fetchedAt);
  await wire.isQuiet();
  await context.close();
  return { milliseconds, bytes: wire.bytes() };
}

/// Runs in the bare page, before anything else does.
function fetchAll(asked) {
  const texts = asked.map(async (path) => (await fetch(path)).text());
  window.fetchedAt = Promise.all(texts).then(() => performance.now());
}

/// Runs in the page: when it was marked, in milliseconds after its navigation began.
function markedAt(name) {
  return new Promise((resolve) => {
    const observer = new PerformanceObserver((list) => list.getEntriesByName(name).forEach(({ startTime }) => resolve(startTime)));
    observer.observe({ type: "mark", buffered: true });
  });
}

/// Counts what comes over the wire, headers and all, as it comes: compressed.
async function watchWire(page) {
  const session = await page.context().newCDPSession(page);
  const [open, asked] = [new Set(), []];
  let bytes = 0;
  let quiet = () => {};
  const finished = ({ requestId, encodedDataLength = 0 }) => {
    bytes += encodedDataLength;
    open.delete(requestId);
    if (open.size === 0) quiet();
  };
  session.on("Network.requestWillBeSent", ({ requestId, request, type }) => {
    if (LASTING.test(request.url)) return;
    open.add(requestId);
    if (type === "Fetch") asked.push(request.url);
  });
  session.on("Network.loadingFinished", finished);
  session.on("Network.loadingFailed", finished);
  await session.send("Network.enable");
  return {
    bytes: () => bytes,
    asked: () => asked,
    isQuiet: () => new Promise((resolve) => { quiet = resolve; if (open.size === 0) resolve(); }),
  };
}
