// All that the page asks for.

import { ask } from "./ask.js";
import { chosenAccounts, chosenAccount, ALL } from "./chosen-accounts.js";
import { everyPage } from "./every-page.js";
import { Feed } from "./feed.js";
import { inventoryOf, ofAccounts, runningOf } from "./answers.js";
import { costQuery } from "./cost-query.js";
import { chosen } from "../showing/address.js";
import { monthOf } from "../showing/words.js";

const PAGE = 500;

/// The feeds by name. All but the cache's entries are of the chosen accounts.
export function feeds() {
  const accounts = shared(() => ask("/drs/accounts"));
  const all = async () => (await accounts.get()).body.accounts;
  const perAccount = async (load) => ofAccounts(chosenAccounts(await all()), load);
  const ofAccount = async () => {
    const account = chosenAccount(await all());
    return account === ALL ? "" : `&${new URLSearchParams({ accountId: account })}`;
  };
  const inventory = (name, path, member) => new Feed(name, ["inventory"], () =>
    perAccount(async ({ accountId }) => inventoryOf(await everyPage(path(accountId), PAGE), member)));
  const history = (name, tellers, query) => new Feed(name, tellers, async () => ask(`/history/${query()}${await ofAccount()}`));
  return {
    accounts: new Feed("accounts", [], () => accounts.anew()),
    costs: new Feed("costs", ["costs"], async () => ask(`/api/cost-data?${costQuery()}${await ofAccount()}`)),
    costsByAccount: new Feed("costs by account", ["costs"], async () =>
      ask(`/api/cost-data?${new URLSearchParams({ groupBy: "account", granularity: "month", metric: chosen("metric", "unblended") })}${await ofAccount()}`)),
    movers: history("top movers", ["costs"], () =>
      `movers?${new URLSearchParams({ month: monthOf(Date.now()), metric: chosen("metric", "unblended") })}`),
    instances: inventory("instances", (id) => `/ec2/api/accounts/${id}/instances`, "instances"),
    snapshots: inventory("snapshots", (id) => `/snapshots/api/accounts/${id}/snapshots`, "snapshots"),
    images: inventory("AMIs", (id) => `/snapshots/api/accounts/${id}/amis`, "amis"),
    overTime: history("instances over time", ["inventory"], () => `instances-over-time?${new URLSearchParams({ by: chosen("over", "state") })}`),
    quotas: new Feed("DRS quotas", ["cache"], () =>
      perAccount(({ accountId }) => ask(`/drs/quotas?region=all&accountId=${accountId}`))),
    running: new Feed("running minutes", ["runtime"], async () =>
      runningOf(await everyPage(`/runtime/servers?${new URLSearchParams({ month: chosen("month", monthOf(Date.now())) })}${await ofAccount()}`, PAGE))),
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
    const asked = load();
    answer = asked;
    // Who asks next tries again.
    asked.catch(() => { if (answer === asked) answer = null; });
    return asked;
  };
  return { anew, get: () => answer ?? anew() };
}
