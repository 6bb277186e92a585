// What an answer's headers tell of it: Age (RFC 9111) and Cache-Status (RFC 9211).

/// `{ asOf, source, sources }`: when the oldest part of the answer was true (milliseconds), where it came from in one
/// word, and by region where there are several. What is not told is null.
export function toldBy(headers, now = Date.now()) {
  const age = headers.get("age");
  const status = headers.get("cache-status") ?? "";
  const sources = sourcesIn(status);
  return {
    asOf: age === null ? null : now - Number(age) * 1000,
    source: status.includes("fwd=stale") ? "stale" : oneWord(sources),
    sources,
  };
}

/// `detail=memory` of one region, or `detail="us-east-1 memory, eu-west-1 upstream"` of several.
function sourcesIn(status) {
  const detail = /;\s*detail=(?:"([^"]*)"|([^;,\s]+))/.exec(status);
  if (!detail) return new Map();
  const parts = (detail[1] ?? detail[2]).split(",").map((part) => part.trim().split(" "));
  return new Map(parts.map(([first, second]) => (second === undefined ? ["", first] : [first, second])));
}

function oneWord(sources) {
  const words = new Set([...sources].filter(([part]) => part !== "regions").map(([, source]) => source));
  if (words.size === 0) return null;
  return words.size === 1 ? [...words][0] : "mixed";
}
