// The accounts, regions, data types and names that answers tell of, for who chooses among them.

/// `accounts` are those of the latest answer; `follow(top, form)` offers what there is in the head and in the form;
/// `forget()` lets go of all.
export function whatIsThere(feeds, statistics) {
  const regions = new Set();
  let names = new Map();
  const there = {
    accounts: [],
    nameOfAccount: (id) => there.accounts.find(({ accountId }) => accountId === id)?.name ?? id,
    nameOfInstance: (id) => names.get(id),
    follow: (top, form) => {
      const offer = () => {
        const all = [...regions].sort();
        const types = Object.keys(statistics.state.data?.body.dataTypes ?? {}).filter((name) => !name.startsWith("#"));
        top.setAccounts(there.accounts);
        top.setRegions(all);
        form.offer({ types: pairs(types), regions: pairs(all), accounts: pairs(there.accounts.map(({ accountId }) => accountId)) });
      };
      followEach(offer);
    },
    forget: () => { regions.clear(); },
  };
  const followEach = (offer) => {
    onNew(feeds.accounts, (data) => { there.accounts = data?.body.accounts ?? []; offer(); });
    onNew(statistics, offer);
    onNew(feeds.quotas, (data) => {
      data?.answers.forEach(({ body }) => Object.keys(body.regions ?? {}).forEach((region) => regions.add(region)));
      offer();
    });
    onNew(feeds.instances, (data) => {
      names = new Map((data?.answers ?? []).flatMap(({ rows }) => rows).map(({ instanceId, name }) => [instanceId, name]));
      if (feeds.running.state.data !== null) feeds.running.showAgain();
    });
  };
  return there;
}

/// Calls `listener(data)` when there is something else to be drawn of it.
function onNew(feed, listener) {
  let known = null;
  feed.onChange(({ data, revision }) => {
    if (revision === known) return;
    known = revision;
    listener(data);
  });
}

function pairs(values) {
  return values.map((value) => [value, value]);
}
