import { expect, open, panel, settled, test } from "./the-page.js";

test("an invalidation from the page is over when it says so, and its entries are gone", async ({ page, request }) => {
  await request.get("/ec2/subnets?region=us-east-1");
  await open(page, "#cache=invalidate");
  const form = panel(page, "Cache").locator("form");
  await form.getByLabel("Data type").selectOption("ec2-subnets");
  await form.locator("[name=region]").selectOption("us-east-1");
  const [sent] = await Promise.all([
    page.waitForRequest("/cache/invalidate"),
    form.getByRole("button", { name: "Invalidate" }).click(),
  ]);
  expect(sent.postDataJSON()).toEqual({ dataType: "ec2-subnets", region: "us-east-1" });
  await expect(form.getByRole("status")).toHaveText(/^Over: ec2-subnets, us-east-1, all\. Epoch \d+, everywhere within \d+ ms\.$/);
  await settled(page);
  await page.getByRole("tab", { name: /Entries/ }).click();
  await panel(page, "Cache").getByRole("searchbox").fill("ec2-subnets us-east-1");
  await expect(panel(page, "Cache").getByRole("cell", { name: "dead" }).first()).toBeVisible();
});

test("the items are deleted too for who wants that", async ({ page, request }) => {
  await request.get("/ec2/subnets?region=us-west-2");
  await open(page, "#cache=invalidate");
  const form = panel(page, "Cache").locator("form");
  await form.getByLabel("Data type").selectOption("ec2-subnets");
  await form.getByLabel("delete the items too").check();
  await form.getByRole("button", { name: "Invalidate" }).click();
  await expect(form.getByRole("status")).toHaveText(/ [1-9]\d* items? deleted\.$/);
});
