import { expect, open, panel, settled, test } from "./the-page.js";

/// Changes what that path answers.
async function told(page, path, change) {
  await page.route(path, async (route) => {
    const response = await route.fetch();
    const json = change(await response.json());
    await route.fulfill({ response, json });
  });
}

const tile = (page, title) => page.locator(".tile").filter({ has: page.getByRole("heading", { name: title }) });
const INSTANCES = /\/ec2\/api\/accounts\/\d+\/instances/;
const SNAPSHOTS = /\/snapshots\/api\/accounts\/\d+\/snapshots/;
const FAILED = { code: "ACCESS_DENIED", detail: "No." };

/// Nothing is known of that region.
function without(region, member) {
  return (body) => ({
    ...body,
    [member]: body[member].filter((row) => row.region !== region),
    regions: body.regions.filter((told) => told.region !== region),
    failedRegions: [{ region, ...FAILED }],
  });
}

test("a sum without a region that failed says so, and is no whole", async ({ page }) => {
  await told(page, INSTANCES, without("us-east-1", "instances"));
  await open(page);
  const running = tile(page, "Instances running");
  await expect(running.locator(".figure")).toHaveText(/^≥ \d/);
  await expect(running.locator(".more")).toHaveText(/^of ≥ \d+ instances, without 2 of \d+ regions · .* ago$/);
  await expect(panel(page, "Inventory").locator(".summary").filter({ visible: true })).toHaveText(/^≥ \d+ running, ≥ \d+ stopped, .* gone, without 2 of \d+ regions$/);
  await expect(page.getByRole("tab", { name: /Instances/ })).toContainText("≥");
});

test("a region of which nothing is known has no 0", async ({ page }) => {
  await told(page, INSTANCES, without("us-east-1", "instances"));
  await told(page, SNAPSHOTS, without("us-east-1", "snapshots"));
  await open(page, "#region=us-east-1");
  await expect(tile(page, "Instances running").locator(".figure")).toHaveText("unknown");
  await expect(tile(page, "Snapshots without a volume").locator(".figure")).toHaveText("unknown");
  await expect(panel(page, "Inventory").locator(".summary").filter({ visible: true })).toContainText("unknown running");
  await expect(panel(page, "Inventory").locator("tbody").filter({ visible: true })).toHaveText("unknown");
  await page.locator("header select[name=region]").selectOption("us-west-2");
  await expect(tile(page, "Instances running").locator(".figure")).toHaveText(/^\d+$/);
});

test("a volume of unknown size is not counted as 0", async ({ page }) => {
  await told(page, SNAPSHOTS, (body) => ({ ...body, snapshots: body.snapshots.map((snapshot, index) => ({ ...snapshot, volumeExists: false, volumeSize: index === 0 ? null : 8 })) }));
  await open(page);
  await expect(tile(page, "Snapshots without a volume").locator(".more")).toContainText(/of volumes of ≥ [\d,]+ GiB/);
});

test("servers of which nothing is known are not told as the whole", async ({ page }) => {
  await told(page, "/runtime/servers?*", (body) => ({ ...body, servers: [
    { instanceId: "i-1", accountId: "111122223333", region: "us-east-1", minutes: 60, lowerMinutes: 60, upperMinutes: 60, quality: "exact", billedSeconds: null },
    { instanceId: "i-2", accountId: "111122223333", region: "us-east-1", minutes: null, lowerMinutes: null, upperMinutes: null, quality: "unknown", billedSeconds: null },
  ] }));
  await open(page);
  const ran = tile(page, "Servers ran this month");
  await expect(ran.locator(".figure")).toHaveText("≥ 1 h 00");
  await expect(ran.locator(".more")).toHaveText("2 servers, 1 of them unknown · age unknown");
});

test("the fullest quota of those that are known says what is missing, and its age is not made up", async ({ page }) => {
  await page.route("/drs/quotas?*", async (route) => {
    const response = await route.fetch();
    const { age, ...headers } = response.headers();
    const body = await response.json();
    await route.fulfill({ status: 200, headers: { ...headers, "content-encoding": "identity" }, json: { ...body, failedRegions: [{ region: "ap-south-1", ...FAILED }] } });
  });
  await open(page);
  await expect(tile(page, "Fullest DRS quota").locator(".figure")).toHaveText(/^≥ [\d.]+ %$/);
  await expect(tile(page, "Fullest DRS quota").locator(".more")).toHaveText(/^replicating servers in .*, without 2 of \d+ regions · age unknown$/);
});

test("this month is not told as whole where a day or an account is missing", async ({ page }) => {
  await told(page, "/api/cost-data?*", (body) => ({ ...body, incomplete: body.labels }));
  await open(page);
  const more = tile(page, "Spent this month so far").locator(".more");
  await expect(more).toContainText("unblended, not all is known");
  await expect(more).not.toContainText("to the same days before");
});

test("what the history does not date has an unknown age", async ({ page }) => {
  await told(page, /\/history\/(movers|instances-over-time)/, (body) => ({ ...body, asOf: null }));
  await open(page);
  for (const title of ["Top movers", "Instances over time"]) {
    await expect(panel(page, title).locator(".told"), title).toHaveText("age unknown · from history");
  }
});

test("a change that is not known has no direction", async ({ page }) => {
  await told(page, /\/history\/movers/, (body) => ({ ...body, rows: body.rows.slice(0, 1).map((row) => ({ ...row, change: null })) }));
  await open(page);
  const change = panel(page, "Top movers").locator("tbody td").last();
  await expect(change).toHaveText("unknown");
  await expect(change.locator(".down, .up")).toHaveCount(0);
  await settled(page);
});
