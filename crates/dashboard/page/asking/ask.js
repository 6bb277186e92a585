// One request to Larder, with the token and the tag of the answer that is known already.

import { Problem, problemOf, problemOfFailure } from "./problem.js";
import { toldBy } from "./told-by.js";
import { end, isSessionOver, onUnauthorised, token } from "./session.js";

/// What nobody has asked for in so long (a month or a day that is over) must not fill the memory of a page that is open for
/// weeks; what is shown is asked for every five minutes, while somebody looks.
const KEPT_FOR = 20 * 60_000;

/// The last answers by their path, the one that was asked for longest ago first: `{ etag, body, at }`.
let known = new Map();
/// Gives up what is asked for.
let asking = new AbortController();

/// The answer to GET `path`: `{ body, told }`, where `told` says of when the answer is, and where it came from.
export async function ask(path) {
  // Those of the person who asks: there may be another one when the answer comes.
  const answers = known;
  const before = answers.get(path);
  const headers = before ? { "if-none-match": before.etag } : {};
  const response = await send(path, { headers });
  const isKnown = response.status === 304 && before !== undefined;
  const body = isKnown ? before.body : await json(response);
  remember(answers, path, { etag: isKnown ? before.etag : response.headers.get("etag"), body });
  return { body, told: toldBy(response.headers) };
}

/// The answer to POST `path`.
export async function post(path, content) {
  const headers = { "content-type": "application/json" };
  return json(await send(path, { method: "POST", headers, body: JSON.stringify(content) }));
}

/// Answers are those of a person: who logs out leaves none, and none on its way.
export function forgetAnswers() {
  known = new Map();
  asking.abort();
  asking = new AbortController();
}

/// The response to a request that carries the token: of status 2xx or 304. Throws a Problem for any other.
export async function send(path, { headers = {}, ...options } = {}) {
  if (isSessionOver()) throw new Problem({ code: "NOT_LOGGED_IN", detail: "Nobody is logged in." });
  const bearer = token();
  const first = await sendOnce(path, headers, options, bearer);
  const isRenewed = first.status === 401 && (await onUnauthorised(bearer));
  const response = isRenewed ? await sendAgain(path, headers, options) : first;
  if (response.ok || response.status === 304) return response;
  throw await problemOf(response);
}

/// With another token. If that is refused too, to renew it once more would go on for ever.
async function sendAgain(path, headers, options) {
  const bearer = token();
  const response = await sendOnce(path, headers, options, bearer);
  if (response.status === 401) end(bearer);
  return response;
}

async function sendOnce(path, headers, { signal, ...options }, bearer) {
  const authorised = bearer ? { ...headers, authorization: `Bearer ${bearer}` } : headers;
  const signals = [asking.signal, signal].filter(Boolean);
  try {
    // The tags are handled here: the browser's own cache would hide whether an answer is new.
    return await fetch(path, { ...options, headers: authorised, signal: AbortSignal.any(signals), cache: "no-store", redirect: "error" });
  } catch (error) {
    throw problemOfFailure(error);
  }
}

async function json(response) {
  try {
    return await response.json();
  } catch {
    throw new Problem({ code: "UNREADABLE", detail: "The answer was cut off, or is no JSON.", status: response.status });
  }
}

function remember(answers, path, { etag, body }, now = Date.now()) {
  // At the end, where the latest stand.
  answers.delete(path);
  if (etag !== null) answers.set(path, { etag, body, at: now });
  for (const [old, { at }] of answers) {
    if (now - at < KEPT_FOR) break;
    answers.delete(old);
  }
}
