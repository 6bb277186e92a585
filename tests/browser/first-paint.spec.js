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
  ["Costs by account", "tbody tr"],
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
    expect(await isDrawn(shown.locator("canvas")), title).toBe(true);
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
  const files = [...initiators].filter(([url]) => /\/assets\/.*\.(js|css)$/.test(url));
  expect(files.length).toBeGreaterThan(20);
  // A module that only another module named would be asked for by that, after it had come.
  expect(files.filter(([, initiator]) => initiator !== "parser")).toEqual([]);
  const asked = await page.evaluate(() => performance.getEntriesByType("resource").map(({ name }) => name).filter((name) => !name.includes("/cache/stats")));
  expect(asked.filter((url, index) => asked.indexOf(url) !== index), "what is asked for twice").toEqual([]);
  expect(bytes).toBeGreaterThan(50_000);
  expect(bytes).toBeLessThan(300_000);
});

/// Whether anything but the ground is on a canvas.
async function isDrawn(canvas) {
  return canvas.evaluate((canvas) => {
    const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
    return data.some((value) => value !== 0);
  });
}
