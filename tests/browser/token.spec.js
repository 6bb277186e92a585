import { expect, panel, settled, test } from "./the-page.js";

const ACCESS = process.env.LARDER_TEST_TOKEN;

test.use({ expected: [/401/] });

test("where there is no page to log in on, the page takes a token and keeps it to itself", async ({ page }) => {
  expect(ACCESS, "the suite gives a token").toBeTruthy();
  await page.goto("/");
  const field = page.getByLabel("Access token");
  await expect(field).toBeFocused();
  await expect(field).toHaveAttribute("type", "password");
  await field.fill("not.a.token");
  await page.getByRole("button", { name: "Use it" }).click();
  await expect(page.getByRole("status").filter({ hasText: "the token was not taken" })).toBeVisible();
  await expect(field).toHaveValue("");
  await field.fill(ACCESS);
  await page.getByRole("button", { name: "Use it" }).click();
  await settled(page);
  await expect(panel(page, "DRS quotas").getByRole("meter").first()).toBeVisible();
  await expect(field).toBeHidden();
  expect(await page.evaluate(() => [sessionStorage.length, localStorage.length, document.cookie])).toEqual([0, 0, ""]);
});
