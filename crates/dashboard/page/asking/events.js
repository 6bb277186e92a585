// Larder's server-sent events, read by fetch: EventSource could not send a token.

import { send } from "./ask.js";

const FIRST_PAUSE = 2_000;
const LONGEST_PAUSE = 5 * 60_000;
/// A browser opens six connections to a host, for all of its tabs: one that nobody looks at gives its own back, though not
/// for a glance elsewhere.
const HIDDEN_FOR = 5_000;

/// Calls `onChanged({ what, accountId })` for each event, and `onMissed()` when the connection is back after a time in which
/// none could be heard. Tries again until `signal` is aborted, but not while nobody looks.
export async function listen({ onChanged, onMissed, signal }) {
  let wasHeard = false;
  for (let pause = FIRST_PAUSE; ; pause = Math.min(LONGEST_PAUSE, pause * 2)) {
    await shown(signal);
    if (signal.aborted) return;
    const looking = whileShown(signal);
    try {
      const response = await send("/events", { signal: looking.signal });
      if (wasHeard) onMissed();
      wasHeard = true;
      pause = FIRST_PAUSE;
      await read(response.body, onChanged);
    } catch {
      // It is tried again, and until then the page asks by the clock.
    } finally {
      looking.abort();
    }
    if (!document.hidden) await elapsed(pause * (1 + Math.random()), signal);
  }
}

/// The format of the HTML standard, section 9.2.6, as far as Larder writes it.
async function read(stream, onChanged) {
  const reader = stream.pipeThrough(new TextDecoderStream()).getReader();
  let text = "";
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return;
    text += value;
    const blocks = text.split("\n\n");
    text = blocks.pop();
    blocks.map(changeIn).filter(Boolean).forEach(onChanged);
  }
}

function changeIn(block) {
  const data = block.split("\n").filter((line) => line.startsWith("data:")).map((line) => line.slice(5).trim());
  return data.length > 0 ? JSON.parse(data.join("\n")) : null;
}

/// What is aborted with `signal`, or when nobody has looked for a while.
function whileShown(signal) {
  const looking = new AbortController();
  let timer = null;
  const look = () => {
    clearTimeout(timer);
    if (document.hidden) timer = setTimeout(() => looking.abort(), HIDDEN_FOR);
  };
  document.addEventListener("visibilitychange", look, { signal: looking.signal });
  signal.addEventListener("abort", () => looking.abort(), { signal: looking.signal });
  looking.signal.addEventListener("abort", () => clearTimeout(timer));
  return looking;
}

function shown(signal) {
  return new Promise((resolve) => {
    const look = () => {
      if (document.hidden && !signal.aborted) return;
      document.removeEventListener("visibilitychange", look);
      signal.removeEventListener("abort", look);
      resolve();
    };
    document.addEventListener("visibilitychange", look);
    signal.addEventListener("abort", look);
    look();
  });
}

function elapsed(milliseconds, signal) {
  return new Promise((resolve) => {
    const go = () => {
      clearTimeout(timer);
      signal.removeEventListener("abort", go);
      resolve();
    };
    const timer = setTimeout(go, milliseconds);
    signal.addEventListener("abort", go);
  });
}
