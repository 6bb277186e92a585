import { element } from "./element.js";
import { isOff, setOff } from "./off.js";
import { count } from "./words.js";

/// Goes from page to page of a table.
export function pagerOf(goTo) {
  let page = 0;
  const before = step("Previous page", "‹", () => goTo(page - 1));
  const after = step("Next page", "›", () => goTo(page + 1));
  const text = element("span", { class: "pager-text", role: "status" });
  const show = (from, size, shown, all) => {
    page = Math.floor(from / size);
    const range = shown === 0 ? "0" : `${count(from + 1)}–${count(Math.min(from + size, shown))}`;
    text.textContent = `${range} of ${count(shown)}${shown === all ? "" : ` (${count(all)})`}`;
    setOff(before, from === 0);
    setOff(after, from + size >= shown);
  };
  return { node: element("div", { class: "pager" }, before, text, after), show };
}

function step(label, text, go) {
  const button = element("button", { type: "button", class: "quiet", "aria-label": label,
    on: { click: () => isOff(button) || go() } }, text);
  return button;
}
