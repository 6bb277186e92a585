import { element, fill } from "./element.js";

/// Something that can be unfolded. It stays as it is, and stays unfolded, while what is in it is shown anew.
export function foldOut(className = "") {
  const summary = element("summary");
  const content = element("div");
  const node = element("details", { class: className }, summary, content);
  return { node, show: (line, ...children) => { fill(summary, line); fill(content, ...children); } };
}
