import { chart, axes } from "../showing/charts.js";
import { colour } from "../showing/theme.js";
import { time } from "../showing/words.js";
import { answered, hitRatio } from "./answered.js";

/// A day of samples, one each half minute.
const MOST_SAMPLES = 2_880;

/// The ratio between two looks at the counters, for as long as the page is open, or a day. `add(statistics, at)` takes a
/// look; the same one once more is no sample.
export function ratioOverTime() {
  const drawn = chart("The share of questions that the cache answered, over the time that this page is open; the table below has the sums.");
  const samples = [];
  let last = null;
  const add = (statistics, at) => {
    if (last?.at === at) return;
    const { hits, all } = answered(statistics);
    // A process that was started anew counts from 0 again.
    const isSameProcess = last !== null && last.since === statistics.since;
    const before = isSameProcess ? last : { hits: 0, all: 0 };
    samples.push({ at, ratio: hitRatio({ hits: hits - before.hits, all: all - before.all }) });
    if (samples.length > MOST_SAMPLES) samples.shift();
    last = { hits, all, at, since: statistics.since };
    drawn.draw(() => ratioChart(samples));
  };
  return { node: drawn.node, add };
}

function ratioChart(samples) {
  const line = colour("accent");
  return {
    type: "line",
    data: {
      labels: samples.map(({ at }) => time(at)),
      // Where nothing was asked there is no ratio: the line has a gap, not a 0.
      datasets: [{ label: "Hit ratio", data: samples.map(({ ratio }) => ratio), borderColor: line, backgroundColor: line, borderWidth: 2, pointRadius: samples.length < 30 ? 3 : 0, tension: 0, spanGaps: true }],
    },
    options: { scales: axes({ isStacked: false, format: (value) => `${value} %`, most: 100 }), plugins: { legend: { display: false } } },
  };
}
