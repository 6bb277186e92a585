// What is chosen on the page stands behind the # of its address, so that it can be bookmarked and sent.

const listeners = new Map();
let known = { hash: null };

/// What is chosen, or `otherwise`.
export function chosen(name, otherwise = "") {
  return read().get(name) ?? otherwise;
}

/// Chooses; what is the same as `otherwise` is left out of the address.
export function choose(name, value, otherwise = "") {
  const parameters = new URLSearchParams(read());
  const before = parameters.get(name) ?? otherwise;
  if (value === otherwise) parameters.delete(name);
  else parameters.set(name, value);
  const hash = parameters.toString();
  history.replaceState(null, "", hash ? `#${hash}` : `${location.pathname}${location.search}`);
  if (before !== value) tell(name, value);
}

/// Calls `listener(value)` when another value is chosen, here or in the address bar.
export function onChosen(name, listener) {
  listeners.set(name, [...(listeners.get(name) ?? []), listener]);
}

let last = read();
addEventListener("hashchange", () => {
  const [before, now] = [last, read()];
  const names = new Set([...before.keys(), ...now.keys()]);
  names.forEach((name) => before.get(name) !== now.get(name) && tell(name, now.get(name) ?? ""));
});

function tell(name, value) {
  last = read();
  (listeners.get(name) ?? []).forEach((listener) => listener(value));
}

/// What stands in the address. Thousands of rows ask for it, between two changes.
function read() {
  const { hash } = location;
  if (hash !== known.hash) known = { hash, parameters: new URLSearchParams(hash.slice(1)) };
  return known.parameters;
}
