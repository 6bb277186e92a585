import { expect, open, panel, test } from "./the-page.js";

const NAME = "<img src=x onerror=alert(1)>";
/// Whatever somebody may have written: names of accounts, instances, services, states, reasons and stores.
const WRITTEN = new Set(["name", "service", "value", "detail", "error", "description", "reason", "platformDetails", "by"]);

/// Puts the name in place of all that somebody may have written.
function hostile(json) {
  if (Array.isArray(json)) return json.map(hostile);
  if (json === null || typeof json !== "object") return json;
  return Object.fromEntries(Object.entries(json).map(([key, value]) =>
    [key, WRITTEN.has(key) && typeof value === "string" ? NAME : hostile(value)]));
}

async function rewrite(page, path, change) {
  await page.route(path, async (route) => {
    if (route.request().method() !== "GET") return route.fallback();
    const response = await route.fetch();
    return route.fulfill({ response, json: change(await response.json()) });
  });
}

async function textOf(page, button) {
  const [file] = await Promise.all([page.waitForEvent("download"), button.click()]);
  const parts = [];
  for await (const part of await file.createReadStream()) parts.push(part);
  return { name: file.suggestedFilename(), lines: Buffer.concat(parts).toString("utf8").split("\r\n") };
}

test("an instance whose name is markup stays text, in the table and the file", async ({ page }) => {
  await open(page, "#instances.q=onerror");
  const cell = page.locator("#inventory tbody tr").first().locator("th");
  await expect(cell).toHaveText(NAME);
  expect(await cell.locator("*").count()).toBe(0);
  const { name, lines } = await textOf(page, page.locator("#inventory").getByRole("button", { name: "CSV" }).first());
  expect(name).toBe("larder-instances.csv");
  expect(lines[1]).toContain(NAME);
});

test("markup is text wherever a name, a reason or a service is shown", async ({ page }) => {
  await rewrite(page, /\/(drs|api|ec2|snapshots|runtime|history|cache)\//, hostile);
  await rewrite(page, /\/drs\/quotas/, (body) => ({ ...hostile(body), failedRegions: [{ region: "ap-south-1", code: "FAILED", detail: NAME }] }));
  await rewrite(page, /\/history\/syncs/, (body) => hostile({ ...body, syncs: body.syncs.map((sync) => ({ ...sync, error: "x", code: NAME })) }));
  await open(page);
  const seen = async (where, what) => expect((await where.allTextContents()).join("\n"), what).toContain(NAME);
  await seen(page.locator("header select[name=account] option"), "the choice of an account");
  await seen(page.locator(".tile .more"), "a tile");
  await seen(panel(page, "DRS quotas").locator(".failure-list li"), "a failure");
  await seen(panel(page, "DRS quotas").locator(".gauge-place"), "a gauge");
  await expect(panel(page, "DRS quotas").getByRole("meter").first()).toHaveAttribute("aria-label", new RegExp(NAME.replace(/[()]/g, "\\$&")));
  await seen(panel(page, "Costs").locator("tbody th"), "a series");
  await expect(panel(page, "Costs").locator("tbody th").first()).toHaveAttribute("title", NAME);
  await seen(panel(page, "Top movers").locator("tbody th"), "a mover");
  await expect(panel(page, "Top movers").locator("tbody th").first()).toHaveAttribute("title", `${NAME}, ${NAME}`);
  await seen(panel(page, "Costs by account and month").locator("tbody th"), "an account by month");
  await seen(panel(page, "Syncs").locator("tbody .badge"), "a sync's code");
  await expect(panel(page, "Syncs").locator("tbody .badge").first()).toHaveAttribute("title", NAME);
  await seen(panel(page, "Cache").locator(".summary"), "the store");
  await seen(panel(page, "Running minutes").locator("tbody"), "a server");
  for (const title of ["Costs", "Instances over time"]) {
    const canvas = panel(page, title).locator("canvas");
    await expect.poll(() => canvas.evaluate((canvas) => window.Chart?.getChart(canvas)?.legend.legendItems.map(({ text }) => text)), title).toContain(NAME);
  }
  for (const summary of await page.locator("summary:visible").all()) await summary.click();
  await seen(panel(page, "Costs").locator("details.figures thead"), "the figures of costs");
  await seen(panel(page, "Instances over time").locator("details.figures thead"), "the figures of instances");
  await seen(panel(page, "Inventory").locator(".told-parts"), "an age");
  for (const tab of ["Snapshots", "AMIs"]) {
    await page.getByRole("tab", { name: new RegExp(tab) }).click();
    await seen(panel(page, "Inventory").locator("tbody").filter({ visible: true }), tab);
    const filter = panel(page, "Inventory").getByRole("searchbox").filter({ visible: true });
    await filter.fill(NAME);
    await seen(panel(page, "Inventory").locator("tbody").filter({ visible: true }), `${tab}, filtered`);
    await expect(filter).toHaveValue(NAME);
  }
  await page.getByRole("button", { name: "Sync", exact: true }).click();
  await seen(page.getByRole("dialog"), "the dialog");
  expect(await page.locator("img, script:not([src])").count()).toBe(0);
});

test.describe("what the address says", () => {
  test.use({ expected: [/40[034]/] });

  test("is text, though anybody can send it", async ({ page }) => {
    const text = encodeURIComponent(NAME);
    await open(page, `#account=${text}&region=${text}&month=${text}&instances.q=${text}&tab=${text}`);
    for (const list of ["account", "region", "month"]) await expect(page.locator(`header select[name=${list}]`)).toHaveValue(NAME);
    await expect(panel(page, "Inventory").locator(".failure-list")).toContainText(NAME);
    expect(await page.locator("img").count()).toBe(0);
  });
});

test("what a spreadsheet would calculate is text in a file", async ({ page }) => {
  const formulas = ["=HYPERLINK(\"https://evil.example\";\"x\")", "+1+1", "-2+cmd|' /C calc'!A0", "@SUM(1,1)", " =1", "\t=1", "\uFF1D1", "-"];
  await rewrite(page, /\/ec2\/api\/accounts\/111122223333\/instances/, (body) => ({
    ...body, instances: body.instances.map((instance, index) => ({ ...instance, name: formulas[index] ? formulas[index] : instance.name, instanceType: "t3.micro" })),
  }));
  await open(page, "#account=111122223333&instances.sort=id");
  const { lines } = await textOf(page, page.locator("#inventory").getByRole("button", { name: "CSV" }).first());
  const found = formulas.map((formula) => `'${formula}`).map((text) => (/[",;\t]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text));
  for (const field of found) expect(lines.filter((line) => line.startsWith(`${field},`)), field).toHaveLength(1);
});

test("a file has amounts to the last digit, with their currency", async ({ page }) => {
  const total = "12345678901234567.000000001";
  await rewrite(page, "/api/cost-data?*", (body) => ({ ...body, data: body.data.map((one, index) => (index === 0 ? { ...one, total } : { ...one, total: "-0.1" })) }));
  await open(page);
  const { name, lines } = await textOf(page, panel(page, "Costs").getByRole("button", { name: "CSV" }));
  expect(name).toBe("larder-costs.csv");
  expect(lines[0]).toBe("Name,Total,Currency,Share");
  expect(lines[1]).toContain(`,${total},USD,`);
  expect(lines[2]).toContain(",-0.1,USD,");
});
