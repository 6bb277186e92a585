// How long servers ran this month, with what is proven drawn apart from what is only possible.

import { isOfChosenRegion } from "../asking/chosen-accounts.js";
import { onChosen } from "../showing/address.js";
import { select } from "../showing/choice.js";
import { element, renew } from "../showing/element.js";
import { table } from "../showing/table.js";
import { count, counted, hours, monthOf, orUnknown } from "../showing/words.js";
import { panel } from "./panel.js";

/// CloudTrail tells of 90 days, and what is older is known only if it was worked out then.
const MONTHS = 4;

export function runningPanel(feed, refresh, names) {
  const month = select({ name: "month", label: "Month", options: months() });
  const { node, show } = panel({ id: "running", title: "Running minutes", controls: [month.node], wide: true });
  const servers = table({ name: "running", caption: "Running minutes by server", columns: columns(names), firstSort: "-minutes", page: 12 });
  const summary = element("p", { class: "summary" });
  feed.onChange((state) => {
    // A page that is open for weeks sees months begin.
    month.setOptions(months());
    show(state, (data) => rendered(data, { summary, servers }, names));
  });
  onChosen("month", refresh);
  return { node };
}

function months(now = Date.now()) {
  return Array.from({ length: MONTHS }, (_, back) => monthOf(now, back)).map((month) => [month, month]);
}

/// What all servers ran together: `{ lower, upper, unknown }` in minutes, and how many are unknown.
export function totals({ servers }) {
  const shown = servers.filter(isOfChosenRegion);
  const known = shown.filter(({ lowerMinutes }) => lowerMinutes !== null);
  const sum = (member) => known.reduce((sum, server) => sum + server[member], 0);
  const isKnown = known.length > 0;
  return {
    lower: isKnown ? sum("lowerMinutes") : null,
    upper: isKnown ? sum("upperMinutes") : null,
    unknown: shown.length - known.length,
    servers: shown.length,
  };
}

function rendered(data, { summary, servers }, names) {
  const shown = data.servers.filter(isOfChosenRegion);
  servers.setRows(shown);
  renew(summary, sentence(data, shown));
  return {
    content: [summary, servers.node],
    told: shown.filter(({ minutes }) => minutes !== null).map(({ asOf, timestamp }) => ({ asOf: timestamp ?? asOf, source: "CloudTrail and EC2" })),
    failures: notRead(data, names),
  };
}

function sentence(data, shown) {
  const { lower, upper, unknown } = totals(data);
  const of = (quality) => shown.filter((server) => server.quality === quality).length;
  return [element("strong", {}, hours(lower)), upper !== lower && [" to ", element("strong", {}, hours(upper))],
    ` by ${counted(shown.length, "server")} in ${data.month}: `,
    `${count(of("exact"))} exact, ${count(of("bounded"))} bounded, ${count(of("stale"))} stale`,
    unknown > 0 && `, of ${count(unknown)} nothing is known`, ".", !data.isWhole && " There are more."];
}

/// Places whose events were not read to the end: their minutes are not final.
function notRead({ progress }, names) {
  return progress.filter(({ missingDays }) => missingDays.length > 0).map(({ accountId, region, missingDays }) => ({
    who: `${region}, ${names.ofAccount(accountId)}`,
    code: "NOT_READ_YET",
    detail: `CloudTrail's events of ${counted(missingDays.length, "day")} are still to be read.`,
  }));
}

function columns(names) {
  return [
    { key: "name", label: "Server", value: ({ instanceId }) => names.ofInstance(instanceId) ?? instanceId, cell: serverCell(names) },
    { key: "minutes", label: "Ran", isNumber: true, value: ({ minutes }) => minutes, cell: ranCell },
    { key: "bounds", label: "Of the month so far", value: ({ upperMinutes, lowerMinutes }) => (upperMinutes === null ? null : upperMinutes - lowerMinutes), cell: boundsCell },
    { key: "quality", label: "Quality", value: ({ quality }) => quality, cell: ({ quality }) => element("span", { class: "badge", "data-level": quality }, quality) },
    { key: "billed", label: "Billed", isNumber: true, value: ({ billedSeconds }) => billedSeconds, cell: ({ billedSeconds }) => orUnknown(billedSeconds, (seconds) => hours(seconds / 60)) },
    { key: "region", label: "Region", value: ({ region }) => region },
    { key: "account", label: "Account", value: ({ accountId }) => names.ofAccount(accountId) },
  ];
}

function serverCell(names) {
  return ({ instanceId }) => {
    const name = names.ofInstance(instanceId);
    return name ? [name, " ", element("span", { class: "id" }, instanceId)] : element("span", { class: "id" }, instanceId);
  };
}

function ranCell({ lowerMinutes, upperMinutes }) {
  if (lowerMinutes === upperMinutes) return hours(lowerMinutes);
  return `${hours(lowerMinutes)} – ${hours(upperMinutes)}`;
}

/// A bar as long as the window: filled as far as it surely ran, hatched as far as it may have run.
function boundsCell({ lowerMinutes, upperMinutes, windowFrom, windowTo }) {
  const whole = (Date.parse(windowTo) - Date.parse(windowFrom)) / 60_000;
  if (lowerMinutes === null || whole <= 0) return orUnknown(null);
  const share = (minutes) => `${Math.min(100, (100 * minutes) / whole)}%`;
  const label = lowerMinutes === upperMinutes ? hours(lowerMinutes) : `between ${hours(lowerMinutes)} and ${hours(upperMinutes)}`;
  return element("span", { class: "bounds", role: "img", "aria-label": `${label} of ${hours(whole)}` },
    element("b", { style: { "--share": share(lowerMinutes) } }),
    element("i", { style: { "--from": share(lowerMinutes), "--share": share(upperMinutes - lowerMinutes) } }));
}
