import { expect, open, test } from "./the-page.js";

const NAME = "<img src=x onerror=alert(1)>";

test("an instance whose name is markup stays text, in every place and file", async ({ page }) => {
  await open(page, "#instances.q=onerror");
  const cell = page.locator("#inventory tbody tr").first().locator("th");
  await expect(cell).toHaveText(NAME);
  expect(await cell.locator("*").count()).toBe(0);
  expect(await page.locator("img").count()).toBe(0);
  const [file] = await Promise.all([
    page.waitForEvent("download"),
    page.locator("#inventory").getByRole("button", { name: "CSV" }).first().click(),
  ]);
  expect(file.suggestedFilename()).toBe("larder-instances.csv");
});

test("what a spreadsheet would calculate is text in a file", async ({ page }) => {
  await page.route(/\/ec2\/api\/accounts\/\d+\/instances/, async (route) => {
    const response = await route.fetch();
    const body = await response.json();
    body.instances[0].name = "=HYPERLINK(\"https://evil.example\";\"x\")";
    await route.fulfill({ response, json: body });
  });
  await open(page, "#instances.q=hyperlink");
  const [file] = await Promise.all([
    page.waitForEvent("download"),
    page.locator("#inventory").getByRole("button", { name: "CSV" }).first().click(),
  ]);
  const parts = [];
  for await (const part of await file.createReadStream()) parts.push(part);
  const text = Buffer.concat(parts).toString("utf8");
  expect(text.split("\r\n")[1]).toMatch(/^"'=HYPERLINK\(""https/);
});
