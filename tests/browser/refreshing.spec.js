import { expect, invalidate, open, settled, test } from "./the-page.js";

const MINUTE = 60_000;

/// Counts the requests of a path, and keeps their responses.
function watch(page, path) {
  const seen = [];
  page.on("response", (response) => new URL(response.url()).pathname === path && seen.push(response));
  return seen;
}

/// Events would refresh what a test wants to see refreshed by the clock.
async function withoutEvents(page) {
  await page.route("/assets/config.json", (route) => route.fulfill({ json: { login: null, events: false } }));
}

test.describe("by the clock", () => {
  test.beforeEach(async ({ page }) => {
    await withoutEvents(page);
    await page.clock.install();
  });

  test("after five minutes everything is asked again, and only what is new is sent", async ({ page }) => {
    const costs = watch(page, "/api/cost-data");
    const accounts = watch(page, "/drs/accounts");
    await open(page);
    const before = [costs.length, accounts.length];
    await page.clock.runFor(4 * MINUTE);
    expect([costs.length, accounts.length], "five minutes are not over").toEqual(before);
    const again = page.waitForResponse((response) => response.url().includes("/drs/accounts"));
    await page.clock.runFor(2 * MINUTE);
    const response = await again;
    expect(response.status()).toBe(304);
    expect(response.request().headers()["if-none-match"]).toBeTruthy();
    await settled(page);
    expect(costs.length).toBeGreaterThan(before[0]);
    await expect(page.getByRole("option", { name: /larder-production/ }).first()).toBeAttached();
  });

  test("nothing is asked while nobody looks, and at once when somebody does again", async ({ page }) => {
    const accounts = watch(page, "/drs/accounts");
    await open(page);
    const before = accounts.length;
    await look(page, "hidden");
    await page.clock.runFor(20 * MINUTE);
    expect(accounts.length).toBe(before);
    const again = page.waitForResponse((response) => response.url().includes("/drs/accounts"));
    await look(page, "visible");
    await again;
  });

  test("who looks away for a moment causes nothing", async ({ page }) => {
    const accounts = watch(page, "/drs/accounts");
    await open(page);
    const before = accounts.length;
    await look(page, "hidden");
    await page.clock.runFor(MINUTE);
    await look(page, "visible");
    await page.clock.runFor(MINUTE);
    expect(accounts.length).toBe(before);
  });
});

test("who is somewhere on the page stays there", async ({ page }) => {
  await open(page, "#cache=invalidate");
  const refresh = page.getByRole("button", { name: "Refresh" });
  await refresh.focus();
  await page.keyboard.press("Enter");
  await expect(refresh).toBeFocused();
  await settled(page);
  await expect(refresh).toBeFocused();

  // A table that is unfolded keeps where it was scrolled to, and a list its very options: it may be open.
  await page.locator("#costs").getByText("All figures").click();
  const figures = page.locator("#costs details .scrolled");
  await figures.evaluate((figures) => { figures.scrollTo(40, 60); figures.focus(); });
  await page.evaluate(() => { window.optionsBefore = [...document.querySelectorAll("header option, .invalidate option")]; });
  await page.locator(".invalidate [name=region]").selectOption("us-east-1");
  await page.evaluate(() => [...document.querySelectorAll("button")].find(({ textContent }) => textContent === "Refresh").click());
  await settled(page);
  expect(await figures.evaluate(({ scrollLeft, scrollTop }) => [scrollLeft, scrollTop])).toEqual([40, 60]);
  await expect(page.locator(".invalidate [name=region]")).toHaveValue("us-east-1");
  expect(await page.evaluate(() => window.optionsBefore.length > 20 && window.optionsBefore.every((option) => option.isConnected))).toBe(true);

  // The last page of a table has no next one, and leaves its button the focus.
  const next = page.locator("#inventory").getByRole("button", { name: "Next page" }).first();
  await next.focus();
  while ((await next.getAttribute("aria-disabled")) !== "true") await page.keyboard.press("Enter");
  await expect(next).toBeFocused();
});

test("who types, or reads what is unfolded, is not disturbed by new figures", async ({ page }) => {
  await open(page);
  const filter = page.getByRole("searchbox", { name: "Filter Costs by series" });
  await page.locator("#costs").getByText("All figures").click();
  await filter.pressSequentially("ec");
  await page.evaluate(() => [...document.querySelectorAll("button")].find(({ textContent }) => textContent === "Refresh").click());
  await settled(page);
  await expect(filter).toBeFocused();
  await page.keyboard.type("2");
  await expect(filter).toHaveValue("ec2");
  await expect(page.locator("#costs details.figures")).toHaveAttribute("open");
});

test.describe("what fails", () => {
  test.use({ expected: [/503/] });

  test("is tried again when the server says, later each time, and its last good figures stay", async ({ page }) => {
    await withoutEvents(page);
    await page.clock.install();
    await open(page);
    const quotas = page.locator("#quotas");
    const tried = watch(page, "/drs/quotas");
    await page.route("/drs/quotas?*", (route) => route.fulfill({
      status: 503, headers: { "retry-after": "60", "content-type": "application/problem+json" },
      body: JSON.stringify({ code: "UPSTREAM_THROTTLED", detail: "AWS throttled the call." }),
    }));
    await page.getByRole("button", { name: "Refresh" }).click();
    await expect(quotas.locator(".failure-list")).toContainText("the last good figures are shown UPSTREAM_THROTTLED AWS throttled the call.");
    await expect(quotas.getByRole("meter").first()).toBeVisible();
    await expect(page.locator(".health")).toContainText("Not answered: DRS quotas");
    await settled(page);
    const before = tried.length;
    await page.clock.runFor(50_000);
    expect(tried.length, "a minute is not over").toBe(before);
    await page.unroute("/drs/quotas?*");
    await page.clock.runFor(40_000);
    await expect(quotas.locator(".failure-list")).toHaveCount(0);
    await expect(page.locator(".health")).toHaveText("Everything answered");
  });
});

test.describe("by events", () => {
  test("a page that nobody looks at gives its connection back, and catches up when somebody does", async ({ page }) => {
    const listening = page.waitForRequest("/events");
    await page.clock.install();
    await open(page);
    const first = await listening;
    const costs = watch(page, "/api/cost-data");
    const before = costs.length;
    await look(page, "hidden");
    await page.clock.runFor(2_000);
    await look(page, "visible");
    await page.clock.runFor(10_000);
    expect(first.failure(), "a glance elsewhere costs nothing").toBe(null);
    const given = page.waitForEvent("requestfailed", (request) => request === first);
    await look(page, "hidden");
    await page.clock.runFor(10_000);
    await given;
    const again = page.waitForResponse("/events");
    await look(page, "visible");
    await again;
    await page.clock.runFor(10_000);
    await expect.poll(() => costs.length).toBeGreaterThan(before);
  });

  test("what somebody else invalidates is shown anew at once", async ({ page, request }) => {
    const listening = page.waitForResponse("/events");
    await open(page);
    await listening;
    const quotas = page.waitForResponse((response) => response.url().includes("/drs/quotas"));
    await invalidate(request, { dataType: "drs-quotas" });
    // The figures may be the same as before.
    expect([200, 304]).toContain((await quotas).status());
  });
});

/// Makes the page believe that it is in front, or not.
async function look(page, state) {
  await page.evaluate((state) => {
    Object.defineProperty(document, "hidden", { configurable: true, get: () => state === "hidden" });
    Object.defineProperty(document, "visibilityState", { configurable: true, get: () => state });
    document.dispatchEvent(new Event("visibilitychange"));
  }, state);
}
