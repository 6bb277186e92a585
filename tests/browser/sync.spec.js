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
