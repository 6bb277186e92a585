// Chromium by its own protocol over a pipe. A test's driver would watch every request on its way, which takes as long as the
// requests themselves.

import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

/// A tab that is open, without a screen: `{ go(url), evaluate(asked, ...values), forget(), close() }`.
export async function openTab({ width, height }) {
  const profile = await mkdtemp(join(tmpdir(), "larder-bench-"));
  const program = process.env.CHROMIUM ?? "/usr/bin/chromium";
  const quiet = ["--no-first-run", "--disable-extensions", "--disable-background-networking", "--disable-features=BackForwardCache"];
  const chromium = spawn(program, ["--headless", "--no-sandbox", "--disable-dev-shm-usage", "--remote-debugging-pipe", `--user-data-dir=${profile}`, `--window-size=${width},${height}`, ...quiet], {
    stdio: ["ignore", "ignore", "ignore", "pipe", "pipe"],
  });
  const browser = talk(chromium.stdio[3], chromium.stdio[4]);
  chromium.once("error", (error) => browser.end(new Error(`${program}: ${error.message}`)));
  chromium.once("exit", (code) => browser.end(new Error(`${program} has ended: ${code}`)));
  const close = async () => {
    const hasEnded = chromium.exitCode !== null || chromium.pid === undefined || once(chromium, "exit");
    chromium.kill();
    await hasEnded;
    await rm(profile, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
  };
  try {
    const { targetId } = await browser.send("Target.createTarget", { url: "about:blank" });
    const { sessionId } = await browser.send("Target.attachToTarget", { targetId, flatten: true });
    const send = (method, parameters) => browser.send(method, parameters, sessionId);
    await send("Page.enable");
    return { go: (url) => go(browser, send, url), evaluate: (...asked) => evaluate(send, ...asked), forget: () => send("Network.clearBrowserCache"), close };
  } catch (error) {
    await close();
    throw error;
  }
}

/// Goes there, and is there when what the document names has come.
async function go(browser, send, url) {
  const loaded = browser.event("Page.loadEventFired");
  const { errorText } = await send("Page.navigate", { url });
  if (errorText) throw new Error(`${url}: ${errorText}`);
  await loaded;
}

/// What the function gives there.
async function evaluate(send, asked, ...values) {
  const expression = `(${asked})(...${JSON.stringify(values)})`;
  const { result, exceptionDetails } = await send("Runtime.evaluate", { expression, awaitPromise: true, returnByValue: true });
  if (exceptionDetails) throw new Error(exceptionDetails.exception?.description ?? exceptionDetails.text);
  return result.value;
}

/// Messages end in a zero byte: `{ send(method, parameters, sessionId), event(name), end(error) }`.
function talk(into, outOf) {
  const [waiting, listening] = [new Map(), new Map()];
  let [last, text, ended] = [0, "", null];
  outOf.setEncoding("utf8");
  outOf.on("data", (more) => {
    const messages = (text + more).split("\0");
    text = messages.pop();
    messages.map((message) => JSON.parse(message)).forEach(take);
  });
  const take = ({ id, method, error, result }) => {
    listening.get(method)?.resolve();
    listening.delete(method);
    const asked = waiting.get(id);
    waiting.delete(id);
    if (error) asked?.reject(new Error(`${asked.method}: ${error.message}`));
    else asked?.resolve(result);
  };
  const send = (method, params = {}, sessionId) => new Promise((resolve, reject) => {
    if (ended) return reject(ended);
    const id = ++last;
    waiting.set(id, { method, resolve, reject });
    into.write(`${JSON.stringify({ id, method, params, sessionId })}\0`);
  });
  const event = (name) => new Promise((resolve, reject) => { listening.set(name, { resolve, reject }); });
  const end = (error) => {
    ended = error;
    [...waiting.values(), ...listening.values()].forEach(({ reject }) => reject(error));
  };
  into.on("error", end);
  return { send, event, end };
}
