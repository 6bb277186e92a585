// All that the page asks for.

import { ask } from "./ask.js";
import { chosenAccounts, chosenAccount, ALL } from "./chosen-accounts.js";
import { everyPage } from "./every-page.js";
import { Feed } from "./feed.js";
import { Problem } from "./problem.js";
import { sideBySide } from "./side-by-side.js";
import { costQuery } from "./cost-query.js";
import { chosen } from "../showing/address.js";
import { monthOf } from "../showing/words.js";

const PAGE = 500;

/// The feeds by name. All are of the chosen accounts.
export function feeds() {
  const accounts = shared(() => ask("/drs/accounts"));
  const perAccount = async (load) => ofAccounts(chosenAccounts((await accounts.get()).body.accounts), load);
  const ofAccount = async () => {
    if (!chosen("account")) return "";
    const account = chosenAccount((await accounts.get()).body.accounts);
    return account === ALL ? "" : `&accountId=${account}`;
  };
  const inventory = (name, path, member) => new Feed(name, ["inventory"], () =>
    perAccount(async ({ accountId }) => inventoryOf(await everyPage(path(accountId), PAGE), member)));
  const history = (name, tellers, query) => new Feed(name, tellers, async () => ask(`/history/${query()}`));
  return {
    accounts: new Feed("accounts", [], () => accounts.anew()),
    costs: new Feed("costs", ["costs"], async () => ask(`/api/cost-data?${costQuery()}${await ofAccount()}`)),
    costsByAccount: new Feed("costs by account", ["costs"], async () =>
      ask(`/api/cost-data?groupBy=account&granularity=month&metric=${chosen("metric", "unblended")}${await ofAccount()}`)),
    movers: history("top movers", ["costs"], () => `movers?month=${monthOf(Date.now())}`),
    instances: inventory("instances", (id) => `/ec2/api/accounts/${id}/instances`, "instances"),
    snapshots: inventory("snapshots", (id) => `/snapshots/api/accounts/${id}/snapshots`, "snapshots"),
    images: inventory("AMIs", (id) => `/snapshots/api/accounts/${id}/amis`, "amis"),
    overTime: history("instances over time", ["inventory"], () => `instances-over-time?by=${chosen("over", "state")}`),
    quotas: new Feed("DRS quotas", ["cache"], () =>
      perAccount(({ accountId }) => ask(`/drs/quotas?region=all&accountId=${accountId}`))),
    running: new Feed("running minutes", ["runtime"], async () =>
      runningOf(await everyPage(`/runtime/servers?month=${chosen("month", monthOf(Date.now()))}${await ofAccount()}`, PAGE))),
    entries: new Feed("entries", ["cache", "inventory", "costs"], () => ask("/cache/entries?limit=500")),
    syncs: history("syncs", ["inventory", "costs"], () => "syncs?limit=20"),
  };
}

/// What this process counted; asked for more often than the rest, since it costs nothing.
export function statistics() {
  return new Feed("cache", [], () => ask("/cache/stats"));
}

/// An answer that several feeds wait for: one request for all that ask at about the same time.
function shared(load) {
  let answer = null;
  const anew = () => {
    answer = load();
    // Who asks next tries again.
    answer.catch(() => { answer = null; });
    return answer;
  };
  return { anew, get: () => answer ?? anew() };
}

/// What the accounts answered, with the problems of those that did not; if none did, the first one's problem.
async function ofAccounts(accounts, load) {
  const { done, failed } = await sideBySide(accounts, load);
  if (done.length === 0 && failed.length > 0) throw failed[0].problem;
  return {
    answers: done.map(({ item, value }) => ({ account: item, ...value })),
    failures: failed.map(({ item, problem }) => ({ account: item, problem })),
  };
}

/// The pages of an inventory as one: the rows of all, and what the last says of the regions.
function inventoryOf({ pages, isWhole }, member) {
  const { regions = [], failedRegions = [], source = null } = pages.at(-1).body;
  const rows = pages.flatMap(({ body }) => body[member]);
  return { rows, regions, failedRegions, source, isWhole, told: pages[0].told };
}

function runningOf({ pages, isWhole }) {
  const [first] = pages;
  if (!Array.isArray(first.body.servers)) {
    throw new Problem({ code: "UNREADABLE", detail: "The answer names no servers." });
  }
  const progress = pages.flatMap(({ body }) => body.progress ?? []);
  return { month: first.body.month, servers: pages.flatMap(({ body }) => body.servers), progress, isWhole };
}
