// Which accounts and which region the page is about, by what is chosen in its address.

import { chosen } from "../showing/address.js";

export const ALL = "all";
/// With more accounts than this the page begins with one: all of them at once would be thousands of regions.
const MOST_AT_ONCE = 12;

/// The accounts to show, of those that there are (`[{ accountId, name }]`).
export function chosenAccounts(accounts) {
  const account = chosenAccount(accounts);
  return account === ALL ? accounts : accounts.filter(({ accountId }) => accountId === account);
}

/// `all`, or an account's id.
export function chosenAccount(accounts) {
  return chosen("account", accounts.length > MOST_AT_ONCE ? accounts[0].accountId : ALL);
}

/// Whether a row is of the chosen region, or of none.
export function isOfChosenRegion({ region }) {
  const wanted = chosen("region", ALL);
  return wanted === ALL || !region || region === wanted;
}
