import { element, fill } from "./element.js";

/// Something that can be unfolded. It stays as it is, and stays unfolded, while what is in it is shown anew.
///
/// `show(line, content)` shows others; `content()` is asked for what to put in only when somebody has unfolded it.
export function foldOut(className = "") {
  const summary = element("summary");
  const folded = element("div");
  const node = element("details", { class: className, on: { toggle: () => draw() } }, summary, folded);
  let content = null;
  const draw = () => {
    if (!node.open || content === null) return;
    fill(folded, content());
    content = null;
  };
  return { node, show: (line, described) => { fill(summary, line); content = described; draw(); } };
}
