// Invalidating, for administrators.

import { post } from "../asking/ask.js";
import { mayAdminister } from "../asking/session.js";
import { element, fill, renew } from "../showing/element.js";
import { isOff, setOff } from "../showing/off.js";
import { counted } from "../showing/words.js";

/// A form that invalidates what it names. `onDone` is called after it has; `offer({ types, regions, accounts })` says what
/// there is to name, each `[value, text]`; `forget()` empties the form.
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
  let isAsking = false;
  const offerButton = () => {
    setOff(button, isAsking || !mayAdminister());
    if (!mayAdminister()) fill(result, "This needs the scope larder/admin.");
  };
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    if (isOff(button)) return;
    isAsking = true;
    offerButton();
    fill(result, "Invalidating…");
    fill(result, await outcome(asked(lists, purge)));
    isAsking = false;
    offerButton();
    onDone();
  });
  const offer = ({ types, regions, accounts }) => {
    setOptions(lists.dataType, "all data types", types);
    setOptions(lists.region, "all regions", regions);
    setOptions(lists.accountId, "all accounts", accounts);
    offerButton();
  };
  const forget = () => {
    form.reset();
    fill(result);
  };
  return { node: form, offer, forget };
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
  const chosen = list.value;
  // What is chosen stays so, though nothing is told of it any more: the form must not come to name everything.
  const gone = options.some(([value]) => value === chosen) || chosen === "" ? [] : [[chosen, chosen]];
  renew(list, [["", all], ...options, ...gone].map(([value, text]) => element("option", { value }, text)));
  list.value = chosen;
}
