import { expect, open, panel, settled, test } from "./the-page.js";

const [FIRST, SECOND] = ["111122223333", "444455556666"];

/// Answers from now on only when it is called; until then what is asked for waits.
async function holdBack(page, paths) {
  let give = null;
  const given = new Promise((resolve) => { give = resolve; });
  await page.route(paths, async (route) => { await given; await route.fallback(); });
  return give;
}

test("each account can be chosen, the first too, and everything is of it", async ({ page }) => {
  await open(page);
  const list = page.locator("header select[name=account]");
  for (const account of [SECOND, FIRST]) {
    const asked = [];
    const note = (request) => asked.push(new URL(request.url()));
    page.on("request", note);
    await list.selectOption(account);
    await settled(page);
    page.off("request", note);
    await expect(list).toHaveValue(account);
    expect(new URL(page.url()).hash).toBe(`#account=${account}`);
    const about = asked.filter(({ pathname }) => !/^\/(cache|drs\/accounts$|events|assets)/.test(pathname));
    const paths = new Set(about.map(({ pathname }) => pathname));
    for (const path of ["/history/movers", "/history/instances-over-time", "/history/syncs", "/api/cost-data", "/runtime/servers"]) {
      expect([...paths], `asked for ${account}`).toContain(path);
    }
    for (const { pathname, search } of about) expect(`${pathname}${search}`).toContain(account);
  }
});

test("no figure of the account that was chosen before stays under the new one's name", async ({ page }) => {
  await open(page, `#account=${FIRST}`);
  await expect(panel(page, "DRS quotas")).toContainText("larder-production");
  const give = await holdBack(page, /accountId=444455556666|accounts\/444455556666/);
  await page.locator("header select[name=account]").selectOption(SECOND);
  for (const title of ["Costs", "Inventory", "Running minutes", "Instances over time", "DRS quotas", "Top movers", "Syncs"]) {
    await expect(panel(page, title).locator(".panel-body"), title).toBeEmpty();
  }
  await expect(page.locator(".tile .figure").first()).toHaveText("…");
  await expect(page.getByRole("tabpanel").filter({ visible: true }).locator("tbody tr").filter({ hasText: "larder-production" })).toHaveCount(0);
  give();
  await settled(page);
  await expect(panel(page, "DRS quotas").getByRole("meter").first()).toBeVisible();
  await expect(panel(page, "DRS quotas")).not.toContainText("larder-production");
});

test("another range or metric is not shown with the figures of the one before", async ({ page }) => {
  await open(page);
  const give = await holdBack(page, /metric=amortised/);
  await page.getByRole("button", { name: "Amortised" }).click();
  await expect(panel(page, "Costs").locator(".panel-body")).toBeEmpty();
  give();
  await settled(page);
  await expect(panel(page, "Costs").locator(".summary")).toContainText("amortised");
});

test("where there are many accounts, the page is about the first, and so is everything on it", async ({ page }) => {
  await page.route("/drs/accounts", async (route) => {
    const response = await route.fetch();
    const body = await response.json();
    const more = Array.from({ length: 12 }, (_, index) => ({ accountId: String(200_000_000_000 + index), name: `more-${index}`, regions: [] }));
    await route.fulfill({ response, json: { ...body, accounts: [...body.accounts, ...more] } });
  });
  const [costs] = await Promise.all([page.waitForRequest(/granularity=day/), open(page)]);
  expect(new URL(costs.url()).searchParams.get("accountId")).toBe(FIRST);
  await expect(page.locator("header select[name=account]")).toHaveValue(FIRST);
  const all = page.waitForRequest((request) => request.url().includes("granularity=day") && !request.url().includes("accountId"));
  await page.locator("header select[name=account]").selectOption("all");
  await all;
});

test.describe("an account that is not there", () => {
  test.use({ expected: [/403|404|503/] });

  test("is said to be none, and nothing is shown as 0", async ({ page }) => {
    await open(page, "#account=999999999999");
    await expect(panel(page, "Inventory").locator(".failure-list")).toContainText("NO_SUCH_ACCOUNT");
    await expect(page.locator(".tile").filter({ hasText: "Instances running" }).locator(".figure")).toHaveText("unknown");
  });
});

test("the list of months goes on with time", async ({ page }) => {
  await page.clock.install();
  await page.route("/assets/config.json", (route) => route.fulfill({ json: { login: null, events: false } }));
  await page.route("/runtime/servers?*", async (route) => {
    const month = new URL(route.request().url()).searchParams.get("month");
    await route.fulfill({ json: { month, servers: [], progress: [] } });
  });
  await open(page);
  const months = () => page.locator("select[name=month] option").evaluateAll((options) => options.map(({ value }) => value));
  const before = await months();
  const next = new Date(`${before[0]}-01T00:00:00Z`);
  next.setUTCMonth(next.getUTCMonth() + 1);
  await page.clock.setSystemTime(next.getTime() + 86_400_000);
  await page.getByRole("button", { name: "Refresh" }).click();
  await settled(page);
  expect(await months()).toEqual([next.toISOString().slice(0, 7), ...before.slice(0, -1)]);
  // And the one that was the latest can be chosen.
  const asked = page.waitForRequest(new RegExp(`/runtime/servers\\?month=${before[0]}`));
  await page.locator("select[name=month]").selectOption(before[0]);
  await asked;
  await expect(page.locator("select[name=month]")).toHaveValue(before[0]);
});
