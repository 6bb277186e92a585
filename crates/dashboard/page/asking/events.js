// Larder's server-sent events, read by fetch: EventSource could not send a token.

import { send } from "./ask.js";

const FIRST_PAUSE = 2_000;
const LONGEST_PAUSE = 5 * 60_000;

/// Calls `onChanged({ what, accountId })` for each event, and `onState(isOpen)` as the connection comes and goes; tries
/// again for as long as the page is open, but not while nobody looks.
export async function listen(onChanged, onState) {
  for (let pause = FIRST_PAUSE; ; pause = Math.min(LONGEST_PAUSE, pause * 2)) {
    try {
      const response = await send("/events");
      onState(true);
      pause = FIRST_PAUSE;
      await read(response.body, onChanged);
    } catch {
      // It is tried again, and until then the page asks by the clock.
    }
    onState(false);
    await elapsed(pause * (1 + Math.random()));
    await shown();
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

function elapsed(milliseconds) {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}

function shown() {
  if (!document.hidden) return Promise.resolve();
  return new Promise((resolve) => document.addEventListener("visibilitychange", resolve, { once: true }));
}
