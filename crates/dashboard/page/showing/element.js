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
  made.append(...parts(children));
  return made;
}

/// Puts these children in place of whatever is in `parent`. What is there already stays untouched: somebody may be typing
/// in it.
export function fill(parent, ...children) {
  const wanted = nodesOf(children);
  [...parent.childNodes].filter((there) => !wanted.includes(there)).forEach((there) => there.remove());
  wanted.forEach((child, index) => {
    const there = parent.childNodes[index] ?? null;
    if (there !== child) parent.insertBefore(child, there);
  });
}

/// The same for children that nobody holds on to and nothing listens in: what looks the same stays too, so that a list that
/// is open, what is marked and where one has scrolled to outlast new figures that say nothing new.
export function renew(parent, ...children) {
  const wanted = nodesOf(children);
  wanted.forEach((child, index) => {
    const there = parent.childNodes[index];
    if (there === undefined) parent.append(child);
    else if (!there.isEqualNode(child)) parent.replaceChild(child, there);
  });
  while (parent.childNodes.length > wanted.length) parent.lastChild.remove();
}

function nodesOf(children) {
  return parts(children).map((child) => (child instanceof Node ? child : document.createTextNode(child)));
}

function parts(children) {
  return children.flat(Infinity).filter((child) => child !== null && child !== undefined && child !== false);
}

function addListeners(made, listeners) {
  Object.entries(listeners).forEach(([event, listener]) => made.addEventListener(event, listener));
}

/// By the object model, which a policy without inline styles allows.
function setProperties(made, properties) {
  Object.entries(properties).forEach(([name, value]) => made.style.setProperty(name, value));
}
