// The page as every test opens it: with all that may go wrong in a browser being watched.

import { test as base, expect } from "@playwright/test";

/// A test with a watched page. `expected` are the errors on the console that the test causes itself.
export const test = base.extend({
  expected: [[], { option: true }],
  page: async ({ page, expected }, use) => {
    const errors = [];
    page.on("console", (message) => {
      const text = `${message.text()} ${message.location().url}`;
      if (["error", "warning"].includes(message.type()) && !expected.some((pattern) => pattern.test(text))) errors.push(text);
    });
    page.on("pageerror", (error) => errors.push(error.stack));
    page.on("dialog", (dialog) => { errors.push(`a dialog: ${dialog.message()}`); dialog.dismiss(); });
    await page.exposeFunction("reportViolation", (violation) => errors.push(`the policy refused ${violation}`));
    await page.addInitScript(() => {
      addEventListener("securitypolicyviolation", ({ violatedDirective, blockedURI }) =>
        window.reportViolation(`${violatedDirective} ${blockedURI}`));
    });
    await use(page);
    expect(errors, "what the browser complained about").toEqual([]);
  },
});

export { expect };

/// Opens the page at that hash, and waits until everything has answered.
export async function open(page, hash = "") {
  await page.goto(`/${hash}`);
  await settled(page);
}

/// Waits until nothing is asked for any more.
export async function settled(page) {
  await expect(page.locator(".rounds")).toContainText("Refreshed");
  await expect(page.locator("[aria-busy=true]")).toHaveCount(0);
}

/// A panel by its title.
export function panel(page, title) {
  return page.getByRole("region", { name: title, exact: true }).and(page.locator("section"));
}

/// Puts a fault in place of AWS's answers.
export async function fault(request, described) {
  const response = await request.post(`${standin()}/_standin/faults`, { data: described });
  expect(response.status()).toBe(201);
}

/// Takes all faults away.
export async function clearFaults(request) {
  expect((await request.delete(`${standin()}/_standin/faults`)).ok()).toBe(true);
}

/// Invalidates by the API, as another person would.
export async function invalidate(request, what) {
  expect((await request.post("/cache/invalidate", { data: what })).status()).toBe(200);
}

/// Waits until the demo has worked running minutes out of a month of events, which it is told as slowly as by AWS.
export async function workedOut(request) {
  test.setTimeout(400_000);
  const isWorkedOut = async () => {
    const { servers } = await (await request.get("/runtime/servers")).json();
    return servers.some(({ quality }) => quality === "bounded");
  };
  await expect.poll(isWorkedOut, { timeout: 390_000, intervals: [1_000] }).toBe(true);
}

function standin() {
  return process.env.STANDIN_URL;
}
