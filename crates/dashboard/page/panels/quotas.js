// How full the quotas of Elastic Disaster Recovery are, by account and region.

import { isOfChosenRegion } from "../asking/chosen-accounts.js";
import { element, renew } from "../showing/element.js";
import { count, percent, UNKNOWN } from "../showing/words.js";
import { failuresOfAccounts, nameOf, panel } from "./panel.js";

/// Where a gauge's bands begin, in percent, as the data type's status has them.
const BANDS = [67, 75, 83, 93];
const NOT_INITIALIZED = "NOT_INITIALIZED";

export function quotasPanel(feed) {
  const { node, show } = panel({ id: "quotas", title: "DRS quotas" });
  const gauges = element("ul", { class: "gauges" });
  const aside = element("p", { class: "aside" });
  feed.onChange((state) => show(state, (data) => rendered(data, gauges, aside)));
  return { node };
}

/// The quotas of every account and region that answered, the fullest first.
export function quotasIn({ answers }) {
  const all = answers.flatMap(({ account, body }) => Object.values(body.regions ?? {}).map((quota) => ({ ...quota, account })));
  const fullness = ({ utilizationPercent, status }) => utilizationPercent ?? (status === NOT_INITIALIZED ? -2 : -1);
  return all.filter(isOfChosenRegion).sort((one, other) => fullness(other) - fullness(one));
}

function rendered(data, gauges, aside) {
  const quotas = quotasIn(data);
  const used = quotas.filter(({ status }) => status !== NOT_INITIALIZED);
  const unused = quotas.filter(({ status }) => status === NOT_INITIALIZED);
  renew(gauges, used.map(gauge));
  renew(aside, "DRS is not initialised in ", unused.map(placeOf).join(", "), ".");
  return {
    content: [used.length > 0 && gauges, unused.length > 0 && aside],
    told: data.answers.flatMap(({ account, body, told }) => Object.keys(body.regions ?? {}).map((region) =>
      ({ what: `${region}, ${nameOf(account)}`, asOf: told.asOf, source: told.sources.get(region) ?? told.source }))),
    failures: [...failuresOfAccounts(data.failures), ...data.answers.flatMap(failedRegions)],
  };
}

function failedRegions({ account, body }) {
  return (body.failedRegions ?? []).filter(isOfChosenRegion).map(({ region, code, detail }) =>
    ({ who: `${region}, ${nameOf(account)}`, code, detail }));
}

function gauge(quota) {
  const { replicatingServers, maxReplicatingServers, utilizationPercent, status, region, account } = quota;
  const isKnown = utilizationPercent !== null;
  const level = isKnown ? status.toLowerCase() : "unknown";
  const text = `${count(replicatingServers)} of ${count(maxReplicatingServers)} replicating servers`;
  return element("li", { class: "gauge", "data-level": level },
    element("div", { class: "gauge-head" },
      element("span", { class: "gauge-place" }, element("strong", {}, region), element("span", {}, nameOf(account))),
      element("span", { class: "gauge-figure" }, percent(utilizationPercent), element("span", { class: "badge" }, isKnown ? status : UNKNOWN))),
    isKnown ? meter(utilizationPercent, `${text}, ${region}, ${nameOf(account)}`) : element("div", { class: "meter empty" }),
    element("div", { class: "gauge-more" }, element("span", {}, text), lesser(quota).map((part) => element("span", {}, part))));
}

function meter(value, label) {
  const bands = BANDS.map((band) => element("i", { class: "band", style: { "--at": `${band}%` } }));
  return element("div", {
    class: "meter", role: "meter", "aria-label": label, "aria-valuemin": 0, "aria-valuemax": 100,
    "aria-valuenow": Math.min(100, value), "aria-valuetext": percent(value),
  }, element("b", { style: { "--share": `${Math.min(100, value)}%` } }), bands);
}

/// The quotas beside the one that the gauge shows; a limit that AWS did not tell is the documented default.
function lesser({ totalSourceServers, concurrentJobs, serversInJobs, limits, limitSource = {} }) {
  const part = (text, value, limit) => {
    const isDefault = limitSource[limit] === "default";
    return `${text} ${count(value)}/${count(limits?.[limit])}${isDefault ? " (default)" : ""}`;
  };
  return [
    part("sources", totalSourceServers, "sourceServers"),
    part("jobs", concurrentJobs, "concurrentJobs"),
    part("in jobs", serversInJobs, "serversInAllJobs"),
  ];
}

function placeOf({ region, account }) {
  return `${region} (${nameOf(account)})`;
}
