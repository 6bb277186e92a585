// One request to Larder, with the token and the tag of the answer that is known already.

import { Problem, problemOf, problemOfFailure } from "./problem.js";
import { toldBy } from "./told-by.js";
import { onUnauthorised, token } from "./session.js";

/// The last answers by their path: `{ etag, body }`.
const known = new Map();
/// Longer ago than any panel shows: what nobody asks for any more must not fill the memory.
const MOST_KNOWN = 200;

/// The answer to GET `path`: `{ body, told }`, where `told` says of when the answer is, and where it came from.
export async function ask(path) {
  const before = known.get(path);
  const headers = before ? { "if-none-match": before.etag } : {};
  const response = await send(path, { headers });
  if (response.status === 304 && before) return { body: before.body, told: toldBy(response.headers) };
  const body = await json(response);
  remember(path, response.headers.get("etag"), body);
  return { body, told: toldBy(response.headers) };
}

/// The answer to POST `path`.
export async function post(path, content) {
  const headers = { "content-type": "application/json" };
  return json(await send(path, { method: "POST", headers, body: JSON.stringify(content) }));
}

/// Answers are those of a person: who logs out leaves none.
export function forgetAnswers() {
  known.clear();
}

/// The response to a request that carries the token: of status 2xx or 304. Throws a Problem for any other.
export async function send(path, { headers = {}, ...options } = {}) {
  const bearer = token();
  const first = await sendOnce(path, headers, options, bearer);
  const isRenewed = first.status === 401 && (await onUnauthorised(bearer));
  const response = isRenewed ? await sendOnce(path, headers, options, token()) : first;
  if (response.ok || response.status === 304) return response;
  throw await problemOf(response);
}

async function sendOnce(path, headers, options, bearer) {
  const authorised = bearer ? { ...headers, authorization: `Bearer ${bearer}` } : headers;
  try {
    // The tags are handled here: the browser's own cache would hide whether an answer is new.
    return await fetch(path, { ...options, headers: authorised, cache: "no-store", redirect: "error" });
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

function remember(path, etag, body) {
  known.delete(path);
  if (etag === null) return;
  known.set(path, { etag, body });
  if (known.size > MOST_KNOWN) known.delete(known.keys().next().value);
}
