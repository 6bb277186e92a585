import { expect, open, panel, test, workedOut } from "./the-page.js";

/// All panels, with something that is there only when data is.
const PANELS = [
  ["Costs", "tbody tr"],
  ["Inventory", "tbody tr td .badge"],
  ["Running minutes", ".bounds"],
  ["Instances over time", "canvas"],
  ["DRS quotas", "[role=meter]"],
  ["Cache", "tbody tr"],
  ["Top movers", "tbody tr"],
  ["Costs by account and month", "tbody tr"],
  ["Syncs", "tbody tr"],
];

test.beforeAll(({ request }) => workedOut(request));

test("every panel shows data, how old it is and where it came from", async ({ page }) => {
  await open(page);
  for (const [title, proof] of PANELS) {
    const shown = panel(page, title);
    await expect(shown.locator(proof).first(), title).toBeVisible();
    await expect(shown.locator(".told").filter({ visible: true }).first(), title).toHaveText(/as of .+ ago · from \w+/);
  }
  await expect(page.locator(".tile .figure.unknown")).toHaveCount(0);
  await expect(page.locator(".health")).toHaveText("Everything answered");
});

test("charts are drawn, and the figures of each stand in a table", async ({ page }) => {
  await open(page);
  for (const title of ["Costs", "Instances over time"]) {
    const shown = panel(page, title);
    await expect.poll(() => isDrawn(shown.locator("canvas")), title).toBe(true);
    await shown.getByText("All figures").click();
    await expect(shown.locator(".figures tbody tr").first(), title).toBeVisible();
  }
});

test("a region where DRS is not initialised is said to be, and is no failure", async ({ page }) => {
  await open(page);
  await expect(panel(page, "DRS quotas")).toContainText("DRS is not initialised in eu-central-1 (larder-production)");
  await expect(panel(page, "DRS quotas").locator(".failure-list")).toHaveCount(0);
});

test("bounds of running minutes are drawn apart from what is exact", async ({ page }) => {
  await open(page, "#running.sort=-bounds");
  const row = panel(page, "Running minutes").locator("tbody tr").first();
  await expect(row).toContainText("bounded");
  const [sure, possible] = await row.locator(".bounds").evaluate((bar) => [...bar.children].map((part) => part.getBoundingClientRect()));
  expect(possible.width).toBeGreaterThan(1);
  expect(Math.abs(possible.left - (sure.left + sure.width))).toBeLessThan(1);
});

test("everything is asked for at once, and little comes over the wire", async ({ page }) => {
  const session = await page.context().newCDPSession(page);
  await session.send("Network.enable");
  let bytes = 0;
  const initiators = new Map();
  session.on("Network.loadingFinished", ({ encodedDataLength }) => { bytes += encodedDataLength; });
  session.on("Network.requestWillBeSent", ({ request, initiator }) => {
    if (!initiators.has(request.url)) initiators.set(request.url, initiator.type);
  });
  await open(page);
  const files = [...initiators].filter(([url]) => /\/assets\/.*\.(js|css)$/.test(url)).map(([url, initiator]) => [url.split("/").at(-1), initiator]);
  // A module that only another module named would be asked for by that, after it had come.
  expect(files).toEqual([["larder.css", "parser"], ["larder.js", "parser"], ["chart.js", "script"]]);
  const asked = await page.evaluate(() => performance.getEntriesByType("resource").map(({ name }) => name).filter((name) => !name.includes("/cache/stats")));
  expect(asked.filter((url, index) => asked.indexOf(url) !== index), "what is asked for twice").toEqual([]);
  expect(bytes).toBeGreaterThan(50_000);
  expect(bytes).toBeLessThan(300_000);
});

test("figures come before charts, which nothing waits for", async ({ page }) => {
  let give = null;
  const given = new Promise((resolve) => { give = resolve; });
  await page.route(/\/assets\/.*\/chart\.js$/, async (route) => { await given; await route.fallback(); });
  await open(page);
  await expect(page.locator(".health")).toHaveText("Everything answered");
  expect(await page.evaluate(() => performance.getEntriesByName("figures-shown").length)).toBe(1);
  expect(await isDrawn(panel(page, "Costs").locator("canvas"))).toBe(false);
  give();
  await expect.poll(() => isDrawn(panel(page, "Costs").locator("canvas"))).toBe(true);
});

test("what nobody has opened is not drawn, and is when somebody does", async ({ page }) => {
  await open(page);
  const rowsOf = (tab) => page.locator(`#panel-tab-${tab} tbody tr`);
  const folded = panel(page, "Costs").locator("details.figures tbody tr");
  await expect(rowsOf("instances").first()).toBeVisible();
  expect([await rowsOf("snapshots").count(), await folded.count()]).toEqual([0, 0]);
  await page.getByRole("tab", { name: /Snapshots/ }).click();
  await expect(rowsOf("snapshots").first()).toBeVisible();
  await panel(page, "Costs").getByText("All figures").click();
  await expect(folded.first()).toBeVisible();
});

/// Whether anything but the ground is on a canvas.
async function isDrawn(canvas) {
  return canvas.evaluate((canvas) => {
    const copy = Object.assign(document.createElement("canvas"), { width: canvas.width, height: canvas.height });
    const context = copy.getContext("2d", { willReadFrequently: true });
    context.drawImage(canvas, 0, 0);
    return context.getImageData(0, 0, copy.width, copy.height).data.some((value) => value !== 0);
  });
}
