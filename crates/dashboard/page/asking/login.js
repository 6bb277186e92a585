// Logging in on Cognito's hosted page: the authorization code flow of OAuth 2.0 with PKCE, state and nonce.
//
// Only the verifier crosses the redirect, in sessionStorage, and is deleted as soon as the person is back. State and
// nonce are derived from it. What the person looked at (the hash) travels inside the state, which is checked as a whole.

import { challengeOf, derived, newVerifier } from "./pkce.js";
import { Problem } from "./problem.js";
import { begin, claims, forget, refreshToken } from "./session.js";

const VERIFIER = "larder.verifier";
const SCOPES = "openid larder/read larder/admin";

/// Leaves for the page where people log in.
export async function leaveToLogIn({ domain, clientId }) {
  const verifier = newVerifier();
  sessionStorage.setItem(VERIFIER, verifier);
  const query = new URLSearchParams({
    response_type: "code",
    client_id: clientId,
    redirect_uri: ownUrl(),
    scope: SCOPES,
    state: await stateOf(verifier, location.hash),
    nonce: await derived(verifier, "nonce"),
    code_challenge: await challengeOf(verifier),
    code_challenge_method: "S256",
  });
  location.assign(`https://${domain}/oauth2/authorize?${query}`);
}

/// Begins a session if the person has just come back from there. Whether they have.
/// Throws a Problem for what was not asked for, or is not what was.
export async function comeBack(login) {
  const query = new URLSearchParams(location.search);
  const verifier = sessionStorage.getItem(VERIFIER);
  sessionStorage.removeItem(VERIFIER);
  if (!query.has("state")) return false;
  const hash = await checkedHash(query.get("state"), verifier);
  // The code is worth nothing any more, and no address that is copied should have it.
  history.replaceState(null, "", `${location.pathname}${hash}`);
  // Which the browser does not tell of itself.
  dispatchEvent(new HashChangeEvent("hashchange"));
  if (query.has("error")) throw refused(query.get("error_description") ?? query.get("error"));
  const tokens = await exchange(login, {
    grant_type: "authorization_code",
    code: query.get("code") ?? "",
    redirect_uri: ownUrl(),
    code_verifier: verifier,
  });
  if (claims(tokens.identity ?? "").nonce !== (await derived(verifier, "nonce"))) throw refused("the nonce is another one");
  begin(tokens, (refresh) => exchange(login, { grant_type: "refresh_token", refresh_token: refresh }));
  return true;
}

/// Forgets the tokens, here and there.
export async function leaveToLogOut({ domain, clientId }) {
  const refresh = refreshToken();
  forget();
  if (refresh) {
    const body = new URLSearchParams({ token: refresh, client_id: clientId });
    // What fails here ends by itself within a day.
    await fetch(`https://${domain}/oauth2/revoke`, { method: "POST", body }).catch(() => {});
  }
  location.assign(`https://${domain}/logout?${new URLSearchParams({ client_id: clientId, logout_uri: ownUrl() })}`);
}

async function stateOf(verifier, hash) {
  const view = encodeURIComponent(hash);
  return `${await derived(verifier, `state.${view}`)}.${view}`;
}

async function checkedHash(state, verifier) {
  const view = state.slice(state.indexOf(".") + 1);
  const isOurs = verifier !== null && state === `${await derived(verifier, `state.${view}`)}.${view}`;
  if (isOurs) return decodeURIComponent(view);
  history.replaceState(null, "", location.pathname);
  throw refused("the state is another one");
}

async function exchange({ domain, clientId }, grant) {
  const body = new URLSearchParams({ client_id: clientId, ...grant });
  const response = await fetch(`https://${domain}/oauth2/token`, { method: "POST", body });
  if (!response.ok) throw refused(`the code was refused (${response.status})`);
  const answer = await response.json();
  const tokens = { access: answer.access_token, identity: answer.id_token };
  // A renewal may leave the refresh token as it is.
  return answer.refresh_token ? { ...tokens, refresh: answer.refresh_token } : tokens;
}

function ownUrl() {
  return `${location.origin}/`;
}

function refused(reason) {
  return new Problem({ code: "LOGIN_REFUSED", detail: `You could not be logged in: ${reason}.` });
}
