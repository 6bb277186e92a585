// One of several, chosen by a person and kept in the address.

import { choose, chosen, onChosen } from "./address.js";
import { element, renew } from "./element.js";

/// A labelled list to choose from: `options` are `[value, text]`, the first of them the one that is taken otherwise.
/// `setOptions` puts others in place.
export function select({ name, label, options, isLabelSeen = true }) {
  const list = element("select", { name, on: { change: () => choose(name, list.value, otherwise()) } });
  let given = options;
  const otherwise = () => given[0]?.[0] ?? "";
  const show = () => {
    const value = chosen(name, otherwise());
    // What the address names may not be there, or not yet: it is shown as it is.
    const all = given.some(([option]) => option === value) ? given : [...given, [value, value]];
    // Somebody may have the list open.
    renew(list, all.map(([value, text]) => element("option", { value }, text)));
    if (list.value !== value) list.value = value;
  };
  const setOptions = (options) => { given = options; show(); };
  show();
  onChosen(name, show);
  const caption = element("span", { class: isLabelSeen ? "" : "unseen" }, label);
  return { node: element("label", { class: "choice" }, caption, list), setOptions, value: () => chosen(name, otherwise()) };
}

/// The same as buttons beside each other, for a few.
export function segments({ name, label, options }) {
  const otherwise = options[0][0];
  const buttons = options.map(([value, text]) =>
    element("button", { type: "button", value, on: { click: () => choose(name, value, otherwise) } }, text));
  const show = () => buttons.forEach((button) => {
    button.setAttribute("aria-pressed", String(button.value === chosen(name, otherwise)));
  });
  show();
  onChosen(name, show);
  return { node: element("div", { class: "segments", role: "group", "aria-label": label }, buttons), value: () => chosen(name, otherwise) };
}
