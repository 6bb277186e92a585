// Which accounts and which region the page is about, by what is chosen in its address.

import { chosen } from "../showing/address.js";
import { Problem } from "./problem.js";

export const ALL = "all";
/// With more accounts than this the page begins with one: all of them at once would be thousands of regions.
const MOST_AT_ONCE = 12;

/// The accounts to show, of those that there are (`[{ accountId, name }]`). Throws a Problem where the one that the address
/// names is not among them.
export function chosenAccounts(accounts) {
  const account = chosenAccount(accounts);
  if (account === ALL) return accounts;
  const [found] = accounts.filter(({ accountId }) => accountId === account);
  if (found) return [found];
  throw new Problem({ code: "NO_SUCH_ACCOUNT", detail: `${account} is not among the accounts that you may see.` });
}

/// `all`, or an account's id.
export function chosenAccount(accounts) {
  return chosen("account", firstAccount(accounts));
}

/// What is taken where none is chosen: `all`, or the first account's id.
export function firstAccount(accounts) {
  return accounts.length > MOST_AT_ONCE ? accounts[0].accountId : ALL;
}

/// `all`, or a region's name.
export function chosenRegion() {
  return chosen("region", ALL);
}

/// Whether a row is of the chosen region, or of none.
export function isOfChosenRegion({ region }) {
  const wanted = chosenRegion();
  return wanted === ALL || !region || region === wanted;
}
