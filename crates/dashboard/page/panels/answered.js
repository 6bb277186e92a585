// How well the cache works, by the counters of /cache/stats.

/// The data types, without what only counts for all of them.
export function dataTypesIn({ dataTypes }) {
  return Object.entries(dataTypes).filter(([name]) => !name.startsWith("#")).map(([name, counts]) => ({ name, ...counts }));
}

/// How many questions the process answered, and how many of them without AWS.
export function answered(statistics) {
  const types = dataTypesIn(statistics);
  const sum = (member) => types.reduce((sum, { requests }) => sum + requests[member], 0);
  const [memory, store, missed] = [sum("memory"), sum("store"), sum("missed")];
  return { hits: memory + store, all: memory + store + missed };
}

/// The share of hits in percent; null where nothing was asked.
export function hitRatio({ hits, all }) {
  return all === 0 ? null : (100 * hits) / all;
}
