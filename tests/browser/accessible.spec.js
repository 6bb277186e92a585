import { readFileSync } from "node:fs";
import { expect, open, settled, test } from "./the-page.js";

const AXE = readFileSync(require.resolve("axe-core/axe.min.js"), "utf8");

/// What axe finds of the rules of WCAG 2.2 A and AA and of good practice.
async function found(page) {
  // By the debugger, which no policy of the page concerns.
  await page.evaluate(AXE);
  return page.evaluate(async () => {
    const { violations, passes } = await window.axe.run(document, { resultTypes: ["violations"] });
    const told = violations.map(({ id, impact, nodes }) => `${impact} ${id}: ${nodes.map(({ target }) => target.join(" ")).slice(0, 5).join(", ")}`);
    return { told, passed: passes.length };
  });
}

for (const colorScheme of ["light", "dark"]) {
  test.describe(colorScheme, () => {
    test.use({ colorScheme });

    test("axe finds nothing, whatever tab is open", async ({ page }) => {
      await open(page);
      await expect(page.locator("html")).toHaveAttribute("data-theme", colorScheme);
      const tabs = page.getByRole("tab");
      for (let index = 0; index < await tabs.count(); index += 1) {
        await tabs.nth(index).click();
        const { told, passed } = await found(page);
        expect(told).toEqual([]);
        expect(passed).toBeGreaterThan(20);
      }
    });

    test("axe finds nothing in the dialog and in what is unfolded", async ({ page }) => {
      await open(page);
      for (const summary of await page.locator("summary:visible").all()) await summary.click();
      expect((await found(page)).told).toEqual([]);
      await page.getByRole("button", { name: "Sync", exact: true }).click();
      expect((await found(page)).told).toEqual([]);
    });
  });
}

test("everything can be reached and seen by keyboard alone", async ({ page }) => {
  await open(page);
  const reachable = "a[href], button, select, input, summary, [tabindex='0']";
  const wanted = await page.evaluate((reachable) => {
    const all = [...document.querySelectorAll(reachable)].filter((element) => element.checkVisibility() && !element.disabled && element.tabIndex >= 0);
    all.forEach((element, index) => element.setAttribute("data-stop", index));
    return all.length;
  }, reachable);
  expect(wanted).toBeGreaterThan(60);
  const reached = new Set();
  for (let step = 0; step < wanted + 5; step += 1) {
    await page.keyboard.press("Tab");
    const { stop, isSeen } = await page.evaluate(() => {
      const { outlineStyle, outlineWidth } = getComputedStyle(document.activeElement);
      return { stop: document.activeElement.dataset.stop, isSeen: outlineStyle !== "none" && outlineWidth !== "0px" };
    });
    if (stop !== undefined) {
      reached.add(stop);
      expect(isSeen, `the focus on stop ${stop} can't be seen`).toBe(true);
    }
  }
  expect(reached.size).toBe(wanted);
});

test("the skip link, the tabs and the dialog work by keyboard", async ({ page }) => {
  await open(page);
  await page.keyboard.press("Tab");
  await expect(page.getByRole("link", { name: "Skip to the figures" })).toBeFocused();
  await page.keyboard.press("Enter");
  await expect(page.locator("main")).toBeFocused();
  await page.getByRole("tab", { name: /Instances/ }).focus();
  await page.keyboard.press("ArrowRight");
  await expect(page.getByRole("tab", { name: /Snapshots/ })).toBeFocused();
  await expect(page.getByRole("tabpanel", { name: /Snapshots/ })).toBeVisible();
  await page.keyboard.press("End");
  await expect(page.getByRole("tab", { name: /AMIs/ })).toHaveAttribute("aria-selected", "true");
  await page.getByRole("button", { name: "Sync", exact: true }).focus();
  await page.keyboard.press("Enter");
  await expect(page.getByRole("dialog", { name: "Sync" })).toBeVisible();
  await page.keyboard.press("Escape");
  await expect(page.getByRole("button", { name: "Sync", exact: true })).toBeFocused();
});

test("the switch goes from light to dark and back, and charts go with it", async ({ page }) => {
  await open(page);
  const ground = () => page.evaluate(() => getComputedStyle(document.body).backgroundColor);
  const light = await ground();
  await page.getByRole("button", { name: "Dark colours" }).click();
  expect(await ground()).not.toBe(light);
  await page.getByRole("button", { name: "Light colours" }).click();
  expect(await ground()).toBe(light);
});

test.describe("with reduced motion", () => {
  test.use({ contextOptions: { reducedMotion: "reduce" } });

  test("nothing moves", async ({ page }) => {
    await open(page);
    const moving = await page.evaluate(() => [...document.querySelectorAll("*")].filter((element) => {
      const { transitionDuration, animationName } = getComputedStyle(element);
      return transitionDuration !== "0s" || animationName !== "none";
    }).length);
    expect(moving).toBe(0);
  });
});

for (const width of [390, 320]) {
  test.describe(`${width} pixels wide`, () => {
    test.use({ viewport: { width, height: 844 }, hasTouch: true });

    test("the page does not scroll sideways, and tables do", async ({ page }) => {
      await open(page);
      const tabs = page.getByRole("tab");
      for (let index = 0; index < await tabs.count(); index += 1) {
        await tabs.nth(index).click();
        expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(width);
      }
      await page.getByRole("tab", { name: /Instances/ }).click();
      const table = page.locator("#inventory .scrolled:visible");
      expect(await table.evaluate((table) => table.scrollWidth > table.clientWidth)).toBe(true);
      await settled(page);
    });
  });
}
