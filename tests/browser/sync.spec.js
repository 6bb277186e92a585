import { expect, open, panel, settled, test } from "./the-page.js";

test("a sync shows its progress and what came of it, and the page shows what it brought", async ({ page }) => {
  await open(page);
  await page.getByRole("button", { name: "Sync", exact: true }).click();
  const dialog = page.getByRole("dialog", { name: "Sync" });
  await expect(dialog).toContainText("All regions of larder-production, larder-staging");
  await expect(dialog.getByRole("checkbox", { name: /Costs/ })).not.toBeChecked();
  const asked = [];
  page.on("request", (request) => request.method() === "POST" && asked.push(new URL(request.url()).pathname));
  await dialog.getByRole("button", { name: "Sync now" }).click();
  await expect(dialog.getByText(/^Synced\. \d[\d,]* seen/)).toBeVisible();
  expect(asked.sort()).toEqual([
    "/ec2/api/accounts/111122223333/sync",
    "/ec2/api/accounts/444455556666/sync",
    "/snapshots/api/accounts/111122223333/sync",
    "/snapshots/api/accounts/444455556666/sync",
  ]);
  await expect(dialog.getByRole("progressbar")).toHaveJSProperty("position", 1);
  await dialog.getByRole("button", { name: "Close" }).click();
  await settled(page);
  await expect(panel(page, "Syncs").locator("tbody tr").first()).toContainText(/ s ago/);
});

test("of one account and region only that is synced", async ({ page }) => {
  await open(page, "#account=444455556666&region=us-west-2");
  await page.getByRole("button", { name: "Sync", exact: true }).click();
  const dialog = page.getByRole("dialog", { name: "Sync" });
  await dialog.getByRole("checkbox", { name: "Snapshots and AMIs" }).uncheck();
  const [request] = await Promise.all([
    page.waitForRequest((request) => request.method() === "POST"),
    dialog.getByRole("button", { name: "Sync now" }).click(),
  ]);
  expect(new URL(request.url()).pathname + new URL(request.url()).search).toBe("/ec2/api/accounts/444455556666/sync?region=us-west-2");
  await expect(dialog.getByText(/^Synced\. /)).toBeVisible();
});

test("costs are synced only by who asks for them", async ({ page }) => {
  await open(page, "#account=111122223333");
  await page.getByRole("button", { name: "Sync", exact: true }).click();
  const dialog = page.getByRole("dialog", { name: "Sync" });
  await dialog.getByRole("checkbox", { name: "Instances" }).uncheck();
  await dialog.getByRole("checkbox", { name: "Snapshots and AMIs" }).uncheck();
  await dialog.getByRole("checkbox", { name: /Costs/ }).check();
  const [request] = await Promise.all([
    page.waitForRequest((request) => request.method() === "POST"),
    dialog.getByRole("button", { name: "Sync now" }).click(),
  ]);
  expect(new URL(request.url()).pathname + new URL(request.url()).search).toBe("/api/cost-data/sync?accountId=111122223333");
  await expect(dialog.getByText(/^Synced\. /)).toBeVisible();
});

test.describe("what is not synced", () => {
  test.use({ expected: [/429|503/] });

  /// Answers for Larder, as what stands before it would, and opens the dialog.
  async function refused(page, path, answer) {
    await page.route(path, (route) => (route.request().method() === "POST" ? route.fulfill(answer) : route.fallback()));
    await open(page);
    await page.getByRole("button", { name: "Sync", exact: true }).click();
    const dialog = page.getByRole("dialog", { name: "Sync" });
    await dialog.getByRole("button", { name: "Sync now" }).click();
    return dialog;
  }

  test("is named where an API's throttle refuses all of it", async ({ page }) => {
    const dialog = await refused(page, /\/sync(\?|$)/, { status: 429, json: { message: "Too Many Requests" } });
    await expect(dialog.getByText("Nothing was synced.")).toBeVisible();
    await expect(dialog.getByText(/^Synced/)).toHaveCount(0);
    await expect(dialog.locator(".failure-list li")).toHaveCount(4);
    await expect(dialog.locator(".failure-list li").first()).toHaveText(/^Instances, larder-\w+ HTTP_429 The API takes no more requests for now/);
  });

  test("is named where a part is refused, and the rest was done", async ({ page }) => {
    const dialog = await refused(page, /\/snapshots\/api\/accounts\/111122223333\/sync/, { status: 429, json: { message: "Too Many Requests" } });
    await expect(dialog.getByText("Synced in part, with 1 failure.")).toBeVisible();
    await expect(dialog.locator(".failure-list li")).toHaveText(/^Snapshots and AMIs, larder-production HTTP_429/);
    await expect(dialog.getByText(/[1-9]\d* seen/)).toBeVisible();
  });

  test("may still be going on where no answer came in time", async ({ page }) => {
    const dialog = await refused(page, /\/sync(\?|$)/, { status: 503, json: { message: "Service Unavailable" } });
    await expect(dialog.getByText("Nothing was synced.")).toHaveCount(0);
    await expect(dialog.getByText("No answer came.")).toBeVisible();
    await expect(dialog.locator(".failure-list li").first()).toContainText("HTTP_503 No answer came in time. It may still be going on");
  });

  test("is nothing where nothing was chosen", async ({ page }) => {
    await open(page);
    await page.getByRole("button", { name: "Sync", exact: true }).click();
    const dialog = page.getByRole("dialog", { name: "Sync" });
    for (const box of await dialog.getByRole("checkbox").all()) await box.uncheck();
    await dialog.getByRole("button", { name: "Sync now" }).click();
    await expect(dialog.getByRole("status")).toHaveText("Nothing is chosen to be synced.");
  });
});

test("a sync that goes on while its dialog is closed can't be begun twice, and tells its end", async ({ page }) => {
  let give = null;
  const given = new Promise((resolve) => { give = resolve; });
  let asked = 0;
  await page.route(/\/sync(\?|$)/, async (route) => { asked += 1; await given; await route.fallback(); });
  await open(page, "#account=111122223333");
  await page.getByRole("button", { name: "Sync", exact: true }).click();
  const dialog = page.getByRole("dialog", { name: "Sync" });
  const begin = dialog.getByRole("button", { name: "Sync now" });
  await begin.focus();
  await page.keyboard.press("Enter");
  await expect(dialog.getByRole("status")).toHaveText("Syncing…");
  await expect(begin).toBeFocused();
  await dialog.getByRole("button", { name: "Close" }).click();
  await page.getByRole("button", { name: "Sync", exact: true }).click();
  await begin.focus();
  await page.keyboard.press("Enter");
  give();
  await expect(dialog.getByText(/^Synced\. \d/)).toBeVisible();
  expect(asked).toBe(2);
});
