import { ask } from "./ask.js";

/// More pages than this are left out, and the panel says so.
const MOST_PAGES = 20;

/// All pages of a list: `{ pages, isWhole }`, each page as `ask` gives it.
export async function everyPage(path, limit) {
  const pages = [];
  let cursor;
  do {
    const query = new URLSearchParams({ limit, ...(cursor ? { cursor } : {}) });
    const page = await ask(`${path}${path.includes("?") ? "&" : "?"}${query}`);
    pages.push(page);
    cursor = page.body.nextCursor;
  } while (cursor && pages.length < MOST_PAGES);
  return { pages, isWhole: !cursor };
}
