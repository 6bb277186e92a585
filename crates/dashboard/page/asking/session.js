// Who is logged in. Tokens are held here, in this module's memory, and nowhere else: no storage of the browser has them.

const NOBODY = { access: null, refresh: null };

let tokens = NOBODY;
let renewing = null;
/// How a token is renewed: `renew(refreshToken)` gives new tokens, or throws.
let renew = null;
/// Whether a token is needed and none that is held will do: until another session begins, nothing is asked.
let isOver = false;
const ended = new Set();

/// The access token, or null where none is held.
export function token() {
  return tokens.access;
}

/// The token that gets new ones, or null.
export function refreshToken() {
  return tokens.refresh;
}

/// Whether somebody has to log in before anything is asked.
export function isSessionOver() {
  return isOver;
}

/// Begins a session with `{ access, refresh }`, and how to renew it, if it can be.
export function begin(newTokens, howToRenew = null) {
  tokens = { ...NOBODY, ...newTokens };
  renew = howToRenew;
  isOver = false;
}

/// Forgets the tokens.
export function forget() {
  tokens = NOBODY;
}

/// Calls `listener(detail)`, once, when a token is needed and none that is held will do.
export function onEnded(listener) {
  ended.add(listener);
}

/// Whether there is another token than the refused one, which is null where none was sent. All requests that were refused
/// share one renewal, and the first of them tells that it failed.
export async function onUnauthorised(refused) {
  if (refused === tokens.access && !isOver) {
    renewing ??= renewed().finally(() => { renewing = null; });
    if (await renewing) return true;
  }
  end(refused);
  return tokens.access !== null;
}

/// Ends the session, if the refused token is still the one that is held.
export function end(refused) {
  if (refused !== tokens.access || isOver) return;
  isOver = true;
  forget();
  ended.forEach((listener) => listener({ hadOne: refused !== null }));
}

async function renewed() {
  if (!renew || !tokens.refresh) return false;
  try {
    tokens = { ...tokens, ...(await renew(tokens.refresh)) };
    return true;
  } catch {
    return false;
  }
}

/// Whether the token says that its bearer may change something. Larder itself decides; this only hides what would fail.
export function mayAdminister() {
  if (tokens.access === null) return true;
  const { scope = "", "cognito:groups": groups } = claims(tokens.access);
  // A token of a program has no groups, and needs none.
  return scope.split(" ").includes("larder/admin") && (groups === undefined || groups.includes("larder-admins"));
}

/// What a JSON Web Token says, unverified; nothing where it can't be read.
export function claims(jwt) {
  try {
    const payload = jwt.split(".")[1].replaceAll("-", "+").replaceAll("_", "/");
    return JSON.parse(new TextDecoder().decode(Uint8Array.from(atob(payload), (char) => char.charCodeAt(0))));
  } catch {
    return {};
  }
}
