import { expect, open, panel, test } from "./the-page.js";

/// The document of a build that had no Chart.js: without the line that names it, as the crate's own tests hold.
test.beforeEach(async ({ page }) => {
  await page.route("/", async (route) => {
    const response = await route.fetch();
    const body = (await response.text()).replace(/<meta name="chart-library".*>\n/, "");
    expect(body).not.toContain("chart-library");
    await route.fulfill({ response, body });
  });
});

test("a build without Chart.js has every figure in tables, and says what is missing and how to add it", async ({ page }) => {
  await open(page);
  await expect(page.locator(".notice").filter({ hasText: "tables only" })).toContainText("npm ci --prefix crates/dashboard");
  await expect(page.locator("canvas:visible")).toHaveCount(0);
  await expect(panel(page, "Costs").locator("tbody tr").first()).toBeVisible();
  await panel(page, "Costs").getByText("All figures").click();
  await expect(panel(page, "Costs").locator(".figures tbody tr").first()).toBeVisible();
});
