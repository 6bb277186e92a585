import { expect, test } from "./the-page.js";

/// Modules of the page by themselves, in an empty document of its origin, by a clock of the test's own.
test.beforeEach(async ({ page }) => {
  await page.route("/empty", (route) => route.fulfill({ contentType: "text/html", body: "<title>empty</title>" }));
  await page.goto("/empty");
  await page.clock.install();
  await page.evaluate(async () => {
    const { Schedule } = await import("/assets/asking/schedule.js");
    const { Feed } = await import("/assets/asking/feed.js");
    window.given = [];
    window.feed = new Feed("one", [], () => new Promise((resolve) => window.given.push(resolve)));
    window.schedule = new Schedule([window.feed]);
    window.schedule.start();
  });
});

/// Answers the question of that number, and lets whoever waits for it go on.
async function answer(page, index, data) {
  await page.evaluate(([index, data]) => { window.given[index](data); return new Promise((resolve) => setTimeout(resolve)); }, [index, data]);
}

const asked = (page) => page.evaluate(() => window.given.length);
const known = (page) => page.evaluate(() => window.feed.state.data);
const soon = (page) => page.evaluate(() => window.schedule.soon([window.feed]));

test("changes that are told while an answer is on its way are asked for after it, however many", async ({ page }) => {
  await soon(page);
  await soon(page);
  await page.clock.runFor(60_000);
  expect(await asked(page), "the answer has not come").toBe(1);
  const answering = answer(page, 0, "old");
  await page.clock.runFor(1_000);
  await answering;
  expect(await known(page)).toBe("old");
  await page.clock.runFor(10_000);
  expect(await asked(page)).toBe(2);
});

test("an answer that comes after that of a later question counts for nothing", async ({ page }) => {
  await page.evaluate(() => { window.schedule.now(); });
  expect(await asked(page)).toBe(2);
  let answering = answer(page, 1, "new");
  await page.clock.runFor(1_000);
  await answering;
  answering = answer(page, 0, "old");
  await page.clock.runFor(1_000);
  await answering;
  expect(await known(page)).toBe("new");
  await page.clock.runFor(4 * 60_000);
  expect(await asked(page), "five minutes are not over").toBe(2);
  await page.clock.runFor(2 * 60_000);
  expect(await asked(page)).toBe(3);
});

test("an answer to an earlier question does not end the waiting for that of the later one", async ({ page }) => {
  await page.evaluate(() => { window.schedule.now(); });
  const answering = answer(page, 0, "old");
  await page.clock.runFor(1_000);
  await answering;
  await soon(page);
  await page.clock.runFor(60_000);
  expect(await asked(page)).toBe(2);
});

test("what is forgotten is not brought back by an answer to what was asked before", async ({ page }) => {
  await page.evaluate(() => window.feed.forget());
  const answering = answer(page, 0, "of somebody else");
  await page.clock.runFor(1_000);
  await answering;
  expect(await known(page)).toBe(null);
});

test("a change does not hasten what the server said to wait with", async ({ page }) => {
  await page.evaluate(async () => {
    const { Problem } = await import("/assets/asking/problem.js");
    window.feed.load = async () => { window.given.push(null); throw new Problem({ code: "THROTTLED", detail: "", retryAfter: 60 }); };
    window.schedule.now();
  });
  await page.clock.runFor(1_000);
  const before = await asked(page);
  await soon(page);
  await page.clock.runFor(50_000);
  expect(await asked(page)).toBe(before);
  await page.clock.runFor(40_000);
  expect(await asked(page)).toBe(before + 1);
});

test("tags of what nobody asks for any more are forgotten, those of the rest kept", async ({ page }) => {
  const tags = [];
  await page.route("/tagged/*", (route) => {
    tags.push(route.request().headers()["if-none-match"] ?? null);
    return route.fulfill({ json: {}, headers: { etag: '"1"' } });
  });
  const ask = (path) => page.evaluate(async (path) => {
    const { ask } = await import("/assets/asking/ask.js");
    await ask(path);
  }, path);
  await ask("/tagged/left");
  await ask("/tagged/kept");
  for (let round = 0; round < 6; round += 1) {
    await page.clock.runFor(5 * 60_000);
    await ask("/tagged/kept");
  }
  await ask("/tagged/left");
  expect(tags).toEqual([null, null, ...Array(6).fill('"1"'), null]);
});
