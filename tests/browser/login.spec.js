import { createHash, randomBytes } from "node:crypto";
import { expect, panel, settled, test } from "./the-page.js";

/// Where the server under test says that people log in. Nobody is there: this file answers for it.
const COGNITO = "https://larder.auth.example";
const ACCESS = process.env.LARDER_TEST_TOKEN;

/// A hosted page, with its tokens: only for who proves to be who asked (RFC 7636).
class Cognito {
  constructor(page) {
    this.page = page;
    this.codes = new Map();
    this.grants = [];
    this.revoked = [];
    this.mayRefresh = true;
    this.nonce = (nonce) => nonce;
  }

  async answer() {
    await this.page.route(`${COGNITO}/**`, async (route) => {
      const url = new URL(route.request().url());
      const body = new URLSearchParams(route.request().postData() ?? "");
      if (url.pathname === "/oauth2/authorize") return this.showLogin(route, url.searchParams);
      if (url.pathname === "/oauth2/token") return this.give(route, body);
      if (url.pathname === "/oauth2/revoke") { this.revoked.push(body.get("token")); return reply(route, 200, {}); }
      return route.fulfill({ contentType: "text/html", body: `<title>out</title><p>Logged out: ${url.searchParams.get("client_id")}</p>` });
    });
  }

  showLogin(route, asked) {
    this.asked = asked;
    const code = randomBytes(8).toString("hex");
    this.codes.set(code, asked);
    const back = `${asked.get("redirect_uri")}?${new URLSearchParams({ code, state: this.state ?? asked.get("state") })}`;
    const href = back.replaceAll("&", "&amp;");
    return route.fulfill({ contentType: "text/html", body: `<title>in</title><a href="${href}">Sign in</a>` });
  }

  give(route, body) {
    const grant = Object.fromEntries(body);
    this.grants.push(grant);
    if (grant.grant_type === "refresh_token") {
      const isGood = this.mayRefresh && grant.refresh_token === "refresh-1";
      return isGood ? reply(route, 200, { access_token: ACCESS, id_token: "e30.e30." }) : reply(route, 400, { error: "invalid_grant" });
    }
    const asked = this.codes.get(grant.code);
    this.codes.delete(grant.code);
    const challenge = createHash("sha256").update(grant.code_verifier ?? "").digest("base64url");
    const isProven = asked && challenge === asked.get("code_challenge") && grant.redirect_uri === asked.get("redirect_uri");
    if (!isProven) return reply(route, 400, { error: "invalid_grant" });
    const identity = `e30.${Buffer.from(JSON.stringify({ nonce: this.nonce(asked.get("nonce")) })).toString("base64url")}.`;
    return reply(route, 200, { access_token: ACCESS, id_token: identity, refresh_token: "refresh-1", expires_in: 3600 });
  }
}

function reply(route, status, json) {
  return route.fulfill({ status, json, headers: { "access-control-allow-origin": "*" } });
}

/// Logs in from the page at that hash.
async function logIn(page, hash = "") {
  await page.goto(`/${hash}`);
  await page.getByRole("button", { name: "Log in" }).click();
  await page.getByRole("link", { name: "Sign in" }).click();
}

test.beforeAll(() => expect(ACCESS, "the suite gives a token").toBeTruthy());

test("who logs in comes back to what they looked at, and leaves no token where anybody else finds it", async ({ page }) => {
  const cognito = new Cognito(page);
  await cognito.answer();
  const unauthorised = [];
  page.on("request", (request) => isOfApi(request) && !request.headers().authorization && unauthorised.push(request.url()));
  await logIn(page, "#tab=snapshots&account=111122223333");
  await settled(page);
  expect(Object.fromEntries(cognito.asked)).toMatchObject({
    response_type: "code", client_id: "page", code_challenge_method: "S256", scope: "openid larder/read larder/admin",
  });
  expect(cognito.asked.get("nonce")).toMatch(/^[\w-]{43}$/);
  expect(cognito.grants).toHaveLength(1);
  await expect(panel(page, "DRS quotas").getByRole("meter").first()).toBeVisible();
  await expect(page.getByRole("tab", { name: /Snapshots/ })).toHaveAttribute("aria-selected", "true");
  expect(unauthorised).toEqual([]);
  const kept = await page.evaluate(() => [sessionStorage.length, localStorage.length, document.cookie, location.search]);
  expect(kept).toEqual([0, 0, "", ""]);
  await page.reload();
  await expect(page.getByRole("button", { name: "Log in" })).toBeFocused();
});

test("an answer that was not asked for is refused", async ({ page }) => {
  const cognito = new Cognito(page);
  await cognito.answer();
  cognito.state = "forged.%23tab%3Dimages";
  await logIn(page);
  await expect(page.getByRole("status").filter({ hasText: "the state is another one" })).toBeVisible();
  expect(cognito.grants).toEqual([]);
  expect(new URL(page.url()).search).toBe("");
});

test("a token for another login is refused", async ({ page }) => {
  const cognito = new Cognito(page);
  await cognito.answer();
  cognito.nonce = () => "another";
  await logIn(page);
  await expect(page.getByRole("status").filter({ hasText: "the nonce is another one" })).toBeVisible();
  await expect(page.getByRole("button", { name: "Log in" })).toBeVisible();
});

test.describe("when a token is refused", () => {
  test.use({ expected: [/401|400/] });

  test("another is had without asking, and if that fails the person logs in again", async ({ page }) => {
    const cognito = new Cognito(page);
    await cognito.answer();
    await logIn(page);
    await settled(page);
    await refuse(page, 1);
    await page.getByRole("button", { name: "Refresh" }).click();
    await settled(page);
    expect(cognito.grants.map(({ grant_type }) => grant_type)).toEqual(["authorization_code", "refresh_token"]);
    await expect(page.locator(".health")).not.toContainText("Not answered");

    cognito.mayRefresh = false;
    await refuse(page, Infinity);
    await page.getByRole("button", { name: "Refresh" }).click();
    await expect(page.getByRole("status").filter({ hasText: "The session has ended" })).toBeVisible();
    await expect(panel(page, "DRS quotas")).toBeHidden();
    await page.unroute(/\/drs\/accounts/);
    await page.getByRole("button", { name: "Log in" }).click();
    await page.getByRole("link", { name: "Sign in" }).click();
    await settled(page);
    await expect(panel(page, "DRS quotas").getByRole("meter").first()).toBeVisible();
  });
});

test.describe("when a renewed token is refused too", () => {
  test.use({ expected: [/401/] });

  test("it is not renewed for ever: the person logs in again", async ({ page }) => {
    const cognito = new Cognito(page);
    await cognito.answer();
    await logIn(page);
    await settled(page);
    await refuse(page, Infinity);
    await page.getByRole("button", { name: "Refresh" }).click();
    await expect(page.getByRole("status").filter({ hasText: "The session has ended" })).toBeVisible();
    expect(cognito.grants.map(({ grant_type }) => grant_type)).toEqual(["authorization_code", "refresh_token"]);
  });
});

test("nothing that somebody saw stays in the page that they leave", async ({ page }) => {
  const cognito = new Cognito(page);
  await cognito.answer();
  await logIn(page);
  await settled(page);
  await expect(page.locator("#inventory tbody tr").first()).toBeAttached();
  // As it is when the browser keeps the page for who comes back.
  await page.evaluate(() => dispatchEvent(new PageTransitionEvent("pagehide", { persisted: true })));
  await expect(page.getByRole("button", { name: "Log in" })).toBeFocused();
  expect(await page.locator("#page").evaluate((all) => all.textContent)).not.toMatch(/larder-production|111122223333|i-[0-9a-f]{8}/);
  expect(await page.locator(".tile .figure").allTextContents()).toEqual(Array(6).fill("…"));
});

test("who logs out is out everywhere", async ({ page }) => {
  const cognito = new Cognito(page);
  await cognito.answer();
  await logIn(page);
  await settled(page);
  await page.getByRole("button", { name: "Log out" }).click();
  await expect(page.getByText("Logged out: page")).toBeVisible();
  expect(cognito.revoked).toEqual(["refresh-1"]);
});

/// Refuses the token of so many requests for the accounts.
async function refuse(page, times) {
  let left = times;
  await page.route(/\/drs\/accounts/, (route) => {
    left -= 1;
    return left >= 0 ? route.fulfill({ status: 401, json: { message: "Unauthorized" } }) : route.fallback();
  });
}

function isOfApi(request) {
  const { pathname, origin } = new URL(request.url());
  return origin === process.env.LARDER_URL && pathname !== "/" && !pathname.startsWith("/assets/");
}
