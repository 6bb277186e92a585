// Light or dark: as the system has it, unless the person chooses, in the address.

import { choose, chosen, onChosen } from "./address.js";
import { element } from "./element.js";

const systemIsDark = matchMedia("(prefers-color-scheme: dark)");
const listeners = new Set();

/// Calls `listener()` when the colours have changed.
export function onTheme(listener) {
  listeners.add(listener);
}

/// The switch, which also puts the chosen colours in place.
export function themeSwitch() {
  const button = element("button", { type: "button", class: "quiet icon", on: { click: () => choose("theme", isDark() ? "light" : "dark") } });
  const show = () => {
    document.documentElement.dataset.theme = isDark() ? "dark" : "light";
    button.textContent = isDark() ? "☀" : "☾";
    button.setAttribute("aria-label", isDark() ? "Light colours" : "Dark colours");
    button.title = button.getAttribute("aria-label");
    listeners.forEach((listener) => listener());
  };
  onChosen("theme", show);
  systemIsDark.addEventListener("change", show);
  show();
  return button;
}

function isDark() {
  const theme = chosen("theme");
  return theme ? theme === "dark" : systemIsDark.matches;
}

/// The value of a custom property of the style sheet, for what is drawn on a canvas.
export function colour(name) {
  return getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim();
}
