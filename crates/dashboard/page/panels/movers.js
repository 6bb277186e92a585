// Whose costs changed most against the month before, and what each account cost by month.

import { near } from "../showing/decimal.js";
import { element } from "../showing/element.js";
import { plainTable } from "../showing/plain-table.js";
import { money } from "../showing/words.js";
import { nameOf, panel } from "./panel.js";

const SHOWN = 8;

export function moversPanel(movers, byAccount, names) {
  const { node, show } = panel({ id: "movers", title: "Top movers" });
  const moved = plainTable("Services whose costs changed most, this month so far against the whole month before");
  movers.onChange((state) => show(state, ({ body, told }) => {
    moved.show(moverColumns(names), body.rows.slice(0, SHOWN));
    return {
      content: body.rows.length > 0 ? moved.node : element("p", { class: "nothing" }, "Nothing changed, or the month before is not wholly known."),
      told: [{ asOf: body.asOf ?? told.asOf, source: "history" }],
    };
  }));
  const accounts = panel({ id: "by-account", title: "Costs by account and month" });
  const monthly = plainTable("What each account cost, month by month");
  byAccount.onChange((state) => accounts.show(state, ({ body }) => {
    monthly.show(monthColumns(body), body.data);
    return {
      content: monthly.node,
      told: body.accounts.map((account) => ({ what: nameOf(account), ...account })),
      failures: body.failedAccounts.map((failure) => ({ who: nameOf(failure), ...failure })),
    };
  }));
  return { node, byAccount: accounts.node };
}

function moverColumns(names) {
  return [
    { label: "Service", isClipped: true, value: ({ service, accountId }) => `${service}, ${names(accountId)}` },
    { label: "Month before", isNumber: true, value: ({ before, currency }) => money(before, currency) },
    { label: "So far", isNumber: true, value: ({ cost, currency }) => money(cost, currency) },
    { label: "Change", isNumber: true, value: changeOf, cell: (row) => element("span", { class: directionOf(row) }, changeOf(row)) },
  ];
}

function changeOf({ change, currency }) {
  return change === null ? money(null) : `${near(change) > 0 ? "+" : ""}${money(change, currency)}`;
}

function directionOf({ change }) {
  if (change === null || near(change) === 0) return null;
  return near(change) > 0 ? "up" : "down";
}

function monthColumns({ labels, accounts }) {
  const nameIn = (id) => nameOf(accounts.find(({ accountId }) => accountId === id) ?? { accountId: id });
  const months = labels.map((label, index) => ({ label: label.slice(0, 7), isNumber: true, value: ({ amounts, currency }) => money(amounts[index], currency) }));
  return [{ label: "Account", isClipped: true, value: ({ name }) => nameIn(name) }, ...months];
}
