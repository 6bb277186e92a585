// Elements of the document. Text goes in as text nodes, so nothing that AWS or a person wrote can become markup.

/// An element with attributes and children. `on` has listeners by event, `style` custom properties; attributes that are
/// false, null or undefined are left out, and so are such children.
export function element(tag, attributes = {}, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (name === "on") addListeners(made, value);
    else if (name === "style") setProperties(made, value);
    else if (value !== false && value !== null && value !== undefined) made.setAttribute(name, value === true ? "" : value);
  }
  made.append(...nodes(children));
  return made;
}

/// Puts these children in place of whatever is in `parent`. What is there already stays untouched: somebody may be typing
/// in it.
export function fill(parent, ...children) {
  const wanted = nodes(children);
  const isThere = wanted.length === parent.childNodes.length && wanted.every((child, index) => child === parent.childNodes[index]);
  if (!isThere) parent.replaceChildren(...wanted);
}

/// A text for those who hear the page, and not for those who see it.
export function unseen(text) {
  return element("span", { class: "unseen" }, text);
}

function nodes(children) {
  return children.flat(Infinity).filter((child) => child !== null && child !== undefined && child !== false);
}

function addListeners(made, listeners) {
  Object.entries(listeners).forEach(([event, listener]) => made.addEventListener(event, listener));
}

/// By the object model, which a policy without inline styles allows.
function setProperties(made, properties) {
  Object.entries(properties).forEach(([name, value]) => made.style.setProperty(name, value));
}
