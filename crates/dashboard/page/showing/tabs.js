// Tabs by the WAI-ARIA pattern: arrow keys move among them, and the chosen one is kept in the address.

import { choose, chosen, onChosen } from "./address.js";
import { element } from "./element.js";

/// `tabs` are `{ id, text, node, draw? }`; `count(id, text)` puts a number beside a tab's text. `changed(id)` says that what
/// a tab shows has changed: it is drawn when it is in front, and not before.
export function tabList({ name, label, tabs }) {
  const otherwise = tabs[0].id;
  const old = new Set();
  const buttons = tabs.map(({ id, text }) => element("button", {
    type: "button", role: "tab", id: `tab-${name}-${id}`, "aria-controls": `panel-${name}-${id}`,
    on: { click: () => choose(name, id, otherwise), keydown: (event) => move(event, buttons) },
  }, element("span", {}, text), element("span", { class: "tab-count" })));
  tabs.forEach(({ id, node }) => {
    node.id = `panel-${name}-${id}`;
    node.setAttribute("role", "tabpanel");
    node.setAttribute("aria-labelledby", `tab-${name}-${id}`);
  });
  const show = () => tabs.forEach(({ id, node, draw }, index) => {
    const isChosen = id === chosen(name, otherwise);
    if (isChosen && old.delete(id)) draw();
    buttons[index].setAttribute("aria-selected", String(isChosen));
    buttons[index].tabIndex = isChosen ? 0 : -1;
    node.hidden = !isChosen;
  });
  show();
  onChosen(name, show);
  const changed = (id) => { old.add(id); show(); };
  const count = (id, text) => {
    const index = tabs.findIndex((tab) => tab.id === id);
    buttons[index].lastChild.textContent = text;
  };
  const list = element("div", { class: "tabs", role: "tablist", "aria-label": label }, buttons);
  return { node: list, panels: tabs.map(({ node }) => node), changed, count };
}

function move(event, buttons) {
  const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
  const from = buttons.indexOf(event.currentTarget);
  const to = { Home: 0, End: buttons.length - 1 }[event.key] ?? (step && (from + step + buttons.length) % buttons.length);
  if (to === undefined) return;
  event.preventDefault();
  buttons[to].focus();
  buttons[to].click();
}
