// What is there instead of the panels while nobody is logged in.

import { element, fill } from "../showing/element.js";

/// A card that asks for a login, or for a token where there is no page to log in on. `onLogin()` leaves for that page,
/// `onToken(token)` takes a token.
export function door({ login, onLogin, onToken }) {
  const why = element("p", { class: "result", role: "status" });
  const content = login ? loginButton(onLogin) : tokenForm(onToken);
  const node = element("section", { class: "door", "aria-labelledby": "door-title", hidden: true }, element("h2", { id: "door-title" }, "Who are you?"), why, content);
  const open = (reason) => {
    fill(why, reason);
    node.hidden = false;
    (node.querySelector("input") ?? node.querySelector("button")).focus();
  };
  return { node, open, close: () => { node.hidden = true; } };
}

function loginButton(onLogin) {
  return element("button", { type: "button", class: "primary", on: { click: onLogin } }, "Log in");
}

function tokenForm(onToken) {
  const field = element("input", { type: "password", name: "token", autocomplete: "off", spellcheck: "false", required: true });
  const form = element("form", {},
    element("p", {}, "This Larder asks for an access token, and names no page to log in on. The token is kept in this page's memory only."),
    element("label", { class: "choice" }, element("span", {}, "Access token"), field), element("button", { type: "submit", class: "primary" }, "Use it"));
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const token = field.value.trim();
    field.value = "";
    onToken(token);
  });
  return form;
}
