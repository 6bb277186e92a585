// How many instances there were, by state, type or region, as the history has it.

import { onChosen } from "../showing/address.js";
import { chart, axes, SERIES, seriesColour } from "../showing/charts.js";
import { segments } from "../showing/choice.js";
import { foldOut } from "../showing/fold-out.js";
import { plainTable } from "../showing/plain-table.js";
import { colour } from "../showing/theme.js";
import { count, UNKNOWN } from "../showing/words.js";
import { panel } from "./panel.js";

export function overTimePanel(feed, refresh) {
  const by = segments({ name: "over", label: "Instances by", options: [["state", "State"], ["type", "Type"], ["region", "Region"]] });
  const { node, show } = panel({ id: "over-time", title: "Instances over time", controls: [by.node], wide: true });
  const drawn = chart("Instances over time, stacked; the table below has the same figures.");
  const folded = foldOut("figures");
  const all = plainTable("Instances over time in figures");
  feed.onChange((state) => show(state, ({ body, told }) => {
    const series = seriesIn(body.rows);
    drawn.draw(() => stacked(series));
    folded.show("All figures", () => { showFigures(all, series); return all.node; });
    return {
      content: [drawn.node, folded.node],
      told: [{ asOf: body.asOf ?? told.asOf, source: "history" }],
    };
  }));
  onChosen("over", refresh);
  return { node };
}

/// `{ days, series: [{ name, counts }] }`, the largest series first.
function seriesIn(rows) {
  const moments = [...new Set(rows.map(({ at }) => at))].sort();
  const values = [...new Set(rows.map(({ value }) => value))];
  const counts = new Map(rows.map(({ at, value, count }) => [`${at} ${value}`, count]));
  // A value that is not among the rows of a moment was nobody's then.
  const series = values.map((value) => ({ name: value ?? UNKNOWN, counts: moments.map((at) => counts.get(`${at} ${value}`) ?? 0) }));
  const days = moments.map((at) => at.slice(0, 10));
  return { days, series: series.sort((one, other) => other.counts.at(-1) - one.counts.at(-1)) };
}

function stacked({ days, series }) {
  const [own, rest] = [series.slice(0, SERIES), series.slice(SERIES)];
  const all = rest.length === 0 ? own : [...own, { name: `${rest.length} others`, counts: days.map((_, day) => rest.reduce((sum, { counts }) => sum + counts[day], 0)) }];
  return {
    type: "bar",
    data: { labels: days, datasets: all.map(({ name, counts }, index) => ({ label: name, data: counts, backgroundColor: seriesColour(index), barPercentage: 1, categoryPercentage: 0.94, maxBarThickness: 48 })) },
    options: {
      scales: axes({ isStacked: true, format: count }),
      plugins: { legend: { position: "bottom", align: "start", labels: { color: colour("ink-2"), boxWidth: 10, boxHeight: 10, font: { size: 11 } } } },
    },
  };
}

function showFigures(table, { days, series }) {
  const columns = [{ label: "Day", value: ({ day }) => day }, ...series.map(({ name, counts }) => ({ label: name, isNumber: true, value: ({ index }) => count(counts[index]) }))];
  table.show(columns, days.map((day, index) => ({ day, index })));
}
