// What was spent, by day or month.

import { RANGES } from "../asking/cost-query.js";
import { onChosen } from "../showing/address.js";
import { chart, axes, SERIES, seriesColour } from "../showing/charts.js";
import { segments, select } from "../showing/choice.js";
import { near, sum } from "../showing/decimal.js";
import { element, renew } from "../showing/element.js";
import { foldOut } from "../showing/fold-out.js";
import { plainTable } from "../showing/plain-table.js";
import { table } from "../showing/table.js";
import { colour } from "../showing/theme.js";
import { counted, money, percent } from "../showing/words.js";
import { nameOf, panel } from "./panel.js";

const CHOICES = ["range", "per", "by", "metric"];

/// `refresh()` asks for the costs anew, `refreshMetric()` for whatever else shows the chosen metric.
export function costsPanel(feed, refresh, refreshMetric) {
  const controls = [
    select({ name: "range", label: "Range", isLabelSeen: false, options: RANGES.map(([value, text]) => [value, text]) }),
    segments({ name: "per", label: "Granularity", options: [["day", "Day"], ["month", "Month"]] }),
    segments({ name: "by", label: "Group by", options: [["service", "Service"], ["account", "Account"]] }),
    segments({ name: "metric", label: "Metric", options: [["unblended", "Unblended"], ["amortised", "Amortised"]] }),
  ];
  const { node, show } = panel({ id: "costs", title: "Costs", controls: controls.map(({ node }) => node), wide: true });
  const drawn = chart("Costs, stacked; the table beside it has the same figures.");
  const series = table({ name: "costs", caption: "Costs by series", columns: SERIES_COLUMNS, firstSort: "-total", page: 9 });
  const parts = { drawn, series, summary: element("p", { class: "summary" }), beside: element("div", { class: "beside" }, drawn.node, series.node), figures: foldOut("figures"), all: plainTable("Costs in figures") };
  feed.onChange((state) => show(state, (data) => rendered(data.body, parts)));
  CHOICES.forEach((name) => onChosen(name, refresh));
  onChosen("metric", refreshMetric);
  return { node };
}

function rendered(answer, { drawn, series, summary, beside, figures, all }) {
  const costs = named(answer);
  series.setRows(costs.data.map((one) => ({ ...one, currency: one.currency ?? costs.currency, share: shareOf(one, costs) })));
  drawn.draw(() => stacked(costs));
  renew(summary, element("strong", {}, money(costs.total, costs.currency)), ` ${costs.metric}, ${costs.from} to ${costs.to} (exclusive)`,
    costs.currency === null && costs.data.length > 0 && "; several currencies, which are not added up",
    costs.incomplete.length > 0 && `; not all is known of ${counted(costs.incomplete.length, costs.granularity)}`);
  figures.show("All figures", () => { showFigures(all, costs); return all.node; });
  return {
    content: [summary, beside, figures.node],
    told: costs.accounts.map((account) => ({ what: nameOf(account), ...account })),
    failures: failuresIn(costs),
  };
}

/// Series of accounts by the accounts' names.
function named(costs) {
  const names = new Map(costs.accounts.map((account) => [account.accountId, nameOf(account)]));
  return { ...costs, data: costs.data.map((one) => ({ ...one, name: names.get(one.name) ?? one.name })) };
}

function failuresIn({ accounts, failedAccounts }) {
  const olds = accounts.filter(({ code }) => code).map((account) =>
    ({ who: `${nameOf(account)}: ${account.source === "history" ? "from the history" : "an older answer"}`, code: account.code, detail: account.detail }));
  return [...failedAccounts.map((failure) => ({ who: nameOf(failure), ...failure })), ...olds];
}

/// The largest series in their own colours, the rest as one.
function stacked({ labels, data, granularity, currency }) {
  const largest = [...data].map((one, index) => ({ ...one, index })).sort((one, other) => near(other.total) - near(one.total));
  const [shown, rest] = [largest.slice(0, SERIES), largest.slice(SERIES)];
  const series = shown.map(({ name, amounts }, index) => ({ label: name, data: amounts.map(near), backgroundColor: seriesColour(index) }));
  if (rest.length > 0) {
    const amounts = labels.map((_, index) => near(sum(rest.map(({ amounts }) => amounts[index]))));
    series.push({ label: `${rest.length} others`, data: amounts, backgroundColor: seriesColour(SERIES) });
  }
  const format = (value) => money(String(value), currency);
  return {
    type: "bar",
    data: { labels: labels.map((label) => (granularity === "month" ? label.slice(0, 7) : label)), datasets: series.map((one) => ({ ...one, barPercentage: 0.92, categoryPercentage: 0.92 })) },
    options: {
      scales: axes({ isStacked: true, format: (value) => money(String(value), currency).replace(/\.00$/, "") }),
      plugins: {
        legend: { position: "bottom", align: "start", labels: { color: colour("ink-2"), boxWidth: 10, boxHeight: 10, font: { size: 11 } } },
        tooltip: { callbacks: { label: ({ dataset, raw }) => `${dataset.label}: ${raw === null ? "unknown" : format(raw)}` }, filter: ({ raw }) => raw !== 0 },
      },
    },
  };
}

const SERIES_COLUMNS = [
  { key: "name", label: "Name", isClipped: true, value: ({ name }) => name },
  { key: "total", label: "Total", isNumber: true, value: ({ total }) => near(total), cell: ({ total, currency }) => money(total, currency), file: ({ total }) => total },
  { key: "currency", label: "Currency", isInFileOnly: true, value: ({ currency }) => currency },
  { key: "share", label: "Share", isNumber: true, value: ({ share }) => share, cell: ({ share }) => percent(share), file: ({ share }) => share?.toFixed(1) },
];

function shareOf({ total: part }, { total }) {
  return total === null || near(total) === 0 ? null : (100 * near(part)) / near(total);
}

/// Everything that the chart draws, in figures: a row for each day or month.
function showFigures(table, { labels, data, granularity, currency: common }) {
  const series = data.map(({ name, currency, amounts }) => ({
    label: name, isNumber: true, value: ({ index }) => money(amounts[index], currency),
  }));
  // Amounts in several currencies are not added up.
  const sumOf = ({ index }) => (common === null ? null : money(sum(data.map(({ amounts }) => amounts[index])), common));
  const columns = [{ label: granularity === "month" ? "Month" : "Day", value: ({ label }) => label }, { label: "All", isNumber: true, value: sumOf }, ...series];
  table.show(columns, labels.map((label, index) => ({ label, index })));
}
