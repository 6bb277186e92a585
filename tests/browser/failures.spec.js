import { clearFaults, expect, fault, invalidate, open, panel, settled, test } from "./the-page.js";

test.afterEach(async ({ request }) => {
  await clearFaults(request);
  await invalidate(request, {});
});

test("a region that fails is named with its reason, and the rest is shown", async ({ page, request }) => {
  await fault(request, { operation: "drs:*", region: "eu-west-1", kind: "access-denied" });
  await invalidate(request, { dataType: "drs-quotas" });
  await open(page);
  const quotas = panel(page, "DRS quotas");
  await expect(quotas.locator(".failure-list li").first()).toContainText(/eu-west-1, larder-\w+ ACCESS_DENIED .*drs:/);
  await expect(quotas.getByRole("meter", { name: /us-east-1, larder-production/ })).toBeVisible();
  await expect(quotas.getByRole("meter", { name: /eu-west-1/ })).toHaveCount(0);
  await expect(page.locator(".health")).toContainText(/\d parts missing: DRS quotas/);
});

test("a region that AWS does not tell of comes from the history, which the page says", async ({ page, request }) => {
  // So that the history has it.
  expect((await request.post("/ec2/api/accounts/111122223333/sync")).status()).toBe(200);
  await fault(request, { operation: "ec2:DescribeInstances", accountId: "111122223333", region: "us-west-2", kind: "unavailable" });
  await invalidate(request, { dataType: "ec2-instances" });
  await open(page, "#account=111122223333&region=us-west-2");
  const inventory = panel(page, "Inventory");
  await expect(inventory.locator(".failure-list")).toContainText(/us-west-2, larder-production: from the history UPSTREAM_UNAVAILABLE/);
  await expect(inventory.locator("tbody tr").first()).toContainText("us-west-2");
  await expect(inventory.locator(".told").filter({ visible: true }).first()).toContainText("from history");
});

test.describe("while a whole account fails", () => {
  test.use({ expected: [/50[0-9]|403/] });

  test("it is named, and the others are shown", async ({ page, request }) => {
    await fault(request, { operation: "*", accountId: "444455556666", kind: "access-denied" });
    await invalidate(request, {});
    await open(page);
    await expect(panel(page, "DRS quotas").locator(".failure-list")).toContainText("larder-staging");
    await expect(panel(page, "DRS quotas").getByRole("meter", { name: /larder-production/ }).first()).toBeVisible();
  });
});

test.describe("while the history's database is down", () => {
  test.use({ expected: [/503/] });

  test("the page says so, and what the cache has is shown", async ({ page }) => {
    await page.route("/history/**", (route) => route.fulfill({
      status: 503, contentType: "application/problem+json",
      body: JSON.stringify({ code: "HISTORY_UNAVAILABLE", detail: "The history's database can't be reached." }),
    }));
    await open(page);
    await expect(page.locator(".notice").filter({ hasText: "The history can't be read" })).toContainText("HISTORY_UNAVAILABLE");
    await expect(panel(page, "Inventory").locator("tbody tr").first()).toBeVisible();
    await expect(panel(page, "Top movers")).toContainText("they are unknown");
    await expect(panel(page, "Top movers").locator("tbody")).toHaveCount(0);
  });
});

test.describe("while Larder is gone", () => {
  test.use({ expected: [/ERR_|net::/] });

  test("every panel keeps its figures and says that they are not new", async ({ page, context }) => {
    await open(page);
    const before = await page.locator(".tile .figure").allTextContents();
    await context.setOffline(true);
    await page.getByRole("button", { name: "Refresh" }).click();
    await expect(page.locator(".health")).toContainText("Not answered");
    await settled(page);
    expect(await page.locator(".tile .figure").allTextContents()).toEqual(before);
    await expect(panel(page, "Costs").locator(".failure-list")).toContainText("NO_ANSWER Larder could not be reached.");
    await context.setOffline(false);
    await page.getByRole("button", { name: "Refresh" }).click();
    await expect(page.locator(".health")).toHaveText("Everything answered");
  });
});
