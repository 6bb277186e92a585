import { expect, open, settled, test } from "./the-page.js";

// Months that nobody asked about before are not worked out yet, or not known any more.
test.use({ expected: [/(503|410).*\/runtime\/servers\?month=/] });

const CLICKABLE = "button, summary, a[href], input[type=checkbox]";
/// More than there are: a page that grows something to click at each click would never end otherwise.
const MOST = 400;

test("whatever can be clicked is clicked, and nothing breaks", async ({ page }) => {
  test.setTimeout(240_000);
  await open(page);
  const clicked = new Set();
  for (let next = await unclicked(page, clicked); next !== null; next = await unclicked(page, clicked)) {
    expect(clicked.size, "there is always one more").toBeLessThan(MOST);
    clicked.add(next);
    await page.locator("[data-next-click]").click();
    await settled(page);
  }
  await settled(page);
  for (const something of ["Sync now", "Invalidate", "CSV", "Next page", "Refresh", "Month", "Amortised", "AMIs", "Entries", "All figures", "Dark colours"]) {
    expect([...clicked].some((key) => key.includes(something)), `${something} among ${[...clicked].join("\n")}`).toBe(true);
  }
});

test("every choice of every list can be chosen", async ({ page }) => {
  await open(page);
  for (const name of ["account", "region", "range", "month"]) {
    const list = page.locator(`header select[name=${name}]`);
    const values = await list.locator("option").evaluateAll((options) => options.map(({ value }) => value));
    expect(values.length, name).toBeGreaterThan(1);
    for (const value of [...values.slice(1), values[0]]) {
      await list.selectOption(value);
      await settled(page);
      await expect(list).toHaveValue(value);
    }
  }
});

test("what is chosen stands in the address, and comes back with it", async ({ page }) => {
  await open(page);
  await page.getByRole("tab", { name: /Snapshots/ }).click();
  await page.getByRole("searchbox", { name: "Filter Snapshots" }).fill("backup");
  await page.getByRole("group", { name: "Granularity" }).getByRole("button", { name: "Month" }).click();
  await page.locator("header select[name=region]").selectOption("us-east-1");
  await page.getByRole("button", { name: "Dark colours" }).click();
  const { hash } = new URL(page.url());
  for (const part of ["tab=snapshots", "snapshots.q=backup", "per=month", "region=us-east-1", "theme=dark"]) expect(hash).toContain(part);

  // By the address bar, and by opening it anew.
  await page.evaluate(() => { location.hash = "#tab=images&theme=light"; });
  await expect(page.getByRole("tab", { name: /AMIs/ })).toHaveAttribute("aria-selected", "true");
  await expect(page.locator("html")).toHaveAttribute("data-theme", "light");
  await page.evaluate((hash) => { location.hash = hash; }, hash);
  await page.reload();
  await settled(page);
  await expect(page.getByRole("tab", { name: /Snapshots/ })).toHaveAttribute("aria-selected", "true");
  await expect(page.getByRole("searchbox", { name: "Filter Snapshots" })).toHaveValue("backup");
  await expect(page.locator("header select[name=region]")).toHaveValue("us-east-1");
  await expect(page.locator("html")).toHaveAttribute("data-theme", "dark");
});

test("tables sort, filter, page, and are given away as files", async ({ page }) => {
  await open(page);
  const inventory = page.locator("#inventory");
  const states = () => inventory.locator("[role=tabpanel]:visible tbody tr td:nth-child(3)").allTextContents();
  await inventory.getByRole("button", { name: "State", exact: true }).click();
  const up = await states();
  expect(up).toEqual([...up].sort());
  await inventory.getByRole("button", { name: "State", exact: true }).click();
  const down = await states();
  expect(down).toEqual([...down].sort().reverse());
  expect(down).not.toEqual(up);
  await inventory.getByRole("searchbox").first().fill("running us-east-1");
  await expect(inventory.getByRole("status").filter({ visible: true }).first()).toContainText("(");
  expect(new Set(await states())).toEqual(new Set(["running"]));
  const [file] = await Promise.all([page.waitForEvent("download"), inventory.getByRole("button", { name: "CSV" }).first().click()]);
  expect(file.suggestedFilename()).toBe("larder-instances.csv");
  const text = (await file.createReadStream().then(readAll)).split("\r\n");
  expect(text[0]).toMatch(/^Name,Instance,State,/);
  expect(text.slice(1, -1).every((line) => line.includes(",running,") && line.includes(",us-east-1,"))).toBe(true);
});

/// Marks one element that can be clicked and has not been, and gives what it is known by; null when there is none. In a
/// dialog only what is in it can be clicked.
function unclicked(page, clicked) {
  return page.evaluate(([clickable, clicked]) => {
    document.querySelectorAll("[data-next-click]").forEach((element) => element.removeAttribute("data-next-click"));
    const dialog = document.querySelector("dialog[open]");
    const isClickable = (element) => element.checkVisibility() && !element.disabled && element.ariaDisabled !== "true" && !element.closest(".skip");
    const keyOf = (element) => [element.closest("dialog, section")?.id || element.closest("dialog")?.className || "head",
      element.closest("[role=tabpanel]")?.id, element.closest(".table-tools, thead, .segments, .controls, td")?.className,
      element.tagName, element.getAttribute("aria-label") ?? element.value, element.textContent.replace(/[\d:.,]+/g, "")].filter(Boolean).join(" / ");
    const candidates = [...(dialog ?? document).querySelectorAll(clickable)].filter(isClickable);
    // What closes the dialog comes last.
    candidates.sort((one, other) => Number(one.textContent === "Close") - Number(other.textContent === "Close"));
    const next = candidates.find((element) => !clicked.includes(keyOf(element)));
    if (!next) return null;
    next.setAttribute("data-next-click", "");
    return keyOf(next);
  }, [CLICKABLE, [...clicked]]);
}

async function readAll(stream) {
  const parts = [];
  for await (const part of stream) parts.push(part);
  return Buffer.concat(parts).toString("utf8");
}
