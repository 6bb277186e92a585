// Whose costs changed most against the month before, and what each account cost by month.

import { near } from "../showing/decimal.js";
import { element } from "../showing/element.js";
import { plainTable } from "../showing/table.js";
import { money } from "../showing/words.js";
import { nameOf, panel } from "./panel.js";

const SHOWN = 8;

export function moversPanel(movers, byAccount, names) {
  const { node, show } = panel({ id: "movers", title: "Top movers" });
  movers.onChange((state) => show(state, ({ body, told }) => ({
    content: moversTable(body.rows.slice(0, SHOWN), names),
    told: [{ asOf: body.asOf ?? told.asOf ?? state.at, source: "history" }],
  })));
  const accounts = panel({ id: "by-account", title: "Costs by account" });
  byAccount.onChange((state) => accounts.show(state, ({ body }) => ({
    content: accountsTable(body),
    told: body.accounts.map((account) => ({ what: nameOf(account), ...account })),
    failures: body.failedAccounts.map((failure) => ({ who: nameOf(failure), ...failure })),
  })));
  return { node, byAccount: accounts.node };
}

function moversTable(rows, names) {
  return plainTable({
    caption: "Services whose costs changed most against the month before",
    columns: [
      { label: "Service", isClipped: true, value: ({ service, accountId }) => `${service}, ${names(accountId)}` },
      { label: "Before", isNumber: true, value: ({ before, currency }) => money(before, currency) },
      { label: "Now", isNumber: true, value: ({ cost, currency }) => money(cost, currency) },
      { label: "Change", isNumber: true, value: changeOf, cell: (row) => element("span", { class: near(row.change) > 0 ? "up" : "down" }, changeOf(row)) },
    ],
    rows,
  });
}

function changeOf({ change, currency }) {
  return change === null ? money(null) : `${near(change) > 0 ? "+" : ""}${money(change, currency)}`;
}

function accountsTable({ labels, data, accounts }) {
  const nameIn = (id) => nameOf(accounts.find(({ accountId }) => accountId === id) ?? { accountId: id });
  const months = labels.map((label, index) => ({ label: label.slice(0, 7), isNumber: true, value: ({ amounts, currency }) => money(amounts[index], currency) }));
  return plainTable({ caption: "Costs by account and month", columns: [{ label: "Account", isClipped: true, value: ({ name }) => nameIn(name) }, ...months], rows: data });
}
