import { mkdirSync, writeFileSync } from "node:fs";
import { smaller } from "./png.js";
import { expect, open, settled, test, workedOut } from "./the-page.js";

const FOLDER = process.env.LARDER_SCREENSHOTS;

/// The two of the README: the whole at a glance, and in the dark.
const SCREENSHOTS = [
  { name: "page", colorScheme: "light", hash: "" },
  { name: "dark", colorScheme: "dark", hash: "#tab=snapshots&per=month&cache=entries" },
];

test.beforeAll(({ request }) => workedOut(request));

for (const { name, colorScheme, hash } of SCREENSHOTS) {
  test.describe(name, () => {
    test.use({ colorScheme, viewport: { width: 1280, height: 760 } });

    test("is taken", async ({ page }) => {
      mkdirSync(FOLDER, { recursive: true });
      await open(page, hash);
      // What the cache answered in the first round is worth showing in the second.
      await page.getByRole("button", { name: "Refresh" }).click();
      await settled(page);
      await page.mouse.move(0, 0);
      const taken = smaller(await page.screenshot());
      expect(taken.length).toBeGreaterThan(20_000);
      writeFileSync(`${FOLDER}/${name}.png`, taken);
    });
  });
}
