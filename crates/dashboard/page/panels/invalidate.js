// Invalidating, for administrators.

import { post } from "../asking/ask.js";
import { mayAdminister } from "../asking/session.js";
import { element, fill } from "../showing/element.js";
import { counted } from "../showing/words.js";

/// A form that invalidates what it names. `onDone` is called after it has; `offer({ types, regions, accounts })` says what
/// there is to name, each `[value, text]`.
export function invalidateForm(onDone) {
  const lists = {
    dataType: element("select", { name: "dataType" }),
    region: element("select", { name: "region" }),
    accountId: element("select", { name: "accountId" }),
  };
  const purge = element("input", { type: "checkbox", name: "purge" });
  const button = element("button", { type: "submit" }, "Invalidate");
  const result = element("p", { class: "result", role: "status" });
  const form = element("form", { class: "invalidate" },
    labelled("Data type", lists.dataType), labelled("Region", lists.region), labelled("Account", lists.accountId),
    element("label", { class: "check" }, purge, "delete the items too"), button, result);
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    button.disabled = true;
    fill(result, "Invalidating…");
    fill(result, await outcome(asked(lists, purge)));
    button.disabled = !mayAdminister();
    onDone();
  });
  const offer = ({ types, regions, accounts }) => {
    setOptions(lists.dataType, "all data types", types);
    setOptions(lists.region, "all regions", regions);
    setOptions(lists.accountId, "all accounts", accounts);
    button.disabled = !mayAdminister();
    if (button.disabled) fill(result, "This needs the scope larder/admin.");
  };
  return { node: form, offer };
}

function asked(lists, purge) {
  const named = Object.entries(lists).filter(([, list]) => list.value !== "").map(([name, list]) => [name, list.value]);
  return { ...Object.fromEntries(named), ...(purge.checked ? { purge: true } : {}) };
}

async function outcome(request) {
  try {
    const { dataType, region, accountId, epoch, effectiveWithinMs, purged } = await post("/cache/invalidate", request);
    const what = [dataType, region, accountId].map((part) => (part === "*" ? "all" : part)).join(", ");
    const deleted = purged === undefined ? "" : ` ${counted(purged, "item")} deleted.`;
    return `Over: ${what}. Epoch ${epoch.counter}, everywhere within ${effectiveWithinMs} ms.${deleted}`;
  } catch ({ code, detail }) {
    return [element("code", {}, code), ` ${detail}`];
  }
}

function labelled(text, list) {
  return element("label", { class: "choice" }, element("span", {}, text), list);
}

function setOptions(list, all, options) {
  const before = list.value;
  fill(list, [["", all], ...options].map(([value, text]) => element("option", { value }, text)));
  if (options.some(([value]) => value === before)) list.value = before;
}
