// Buttons that do nothing for a while. A disabled one would lose the focus, and a person by keyboard their place.

export function setOff(button, isOff) {
  button.setAttribute("aria-disabled", String(isOff));
}

export function isOff(button) {
  return button.getAttribute("aria-disabled") === "true";
}
