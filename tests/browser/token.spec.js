import { expect, panel, settled, test } from "./the-page.js";

const ACCESS = process.env.LARDER_TEST_TOKEN;

test.use({ expected: [/401/] });

test("where there is no page to log in on, the page takes a token and keeps it to itself", async ({ page }) => {
  expect(ACCESS, "the suite gives a token").toBeTruthy();
  await page.goto("/");
  const field = page.getByLabel("Access token");
  await expect(field).toBeFocused();
  await expect(field).toHaveAttribute("type", "password");
  const open = new Set();
  const refused = [];
  page.on("request", (request) => open.add(request));
  page.on("requestfinished", (request) => { open.delete(request); refused.push(new URL(request.url()).pathname); });
  page.on("requestfailed", (request) => open.delete(request));
  await field.fill("not.a.token");
  await page.getByRole("button", { name: "Use it" }).click();
  const reason = page.getByRole("status").filter({ hasText: "the token was not taken" });
  await expect(reason).toBeVisible();
  await expect(field).toHaveValue("");
  // One refusal speaks for all that would be asked: there is no storm of them, and the last does not take the reason away.
  await expect.poll(() => open.size).toBe(0);
  expect(refused.length, refused.join()).toBeLessThan(4);
  await expect(reason).toBeVisible();
  await field.fill(ACCESS);
  await page.getByRole("button", { name: "Use it" }).click();
  await settled(page);
  await expect(panel(page, "DRS quotas").getByRole("meter").first()).toBeVisible();
  await expect(field).toBeHidden();
  expect(await page.evaluate(() => [sessionStorage.length, localStorage.length, document.cookie])).toEqual([0, 0, ""]);
});
