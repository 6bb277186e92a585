// Charts by Chart.js, where this build has it: npm installs it, and a build without Node leaves it out.

import { element, fill } from "./element.js";
import { colour, onTheme } from "./theme.js";

/// How many series have a colour of their own; the rest are one.
export const SERIES = 8;

const script = document.getElementById("chart-library");
const library = script === null ? Promise.resolve(null) : loaded(script);

/// Whether this build has charts.
export const hasCharts = script !== null;

/// Resolves to the library, or to null where it is not there.
function loaded(script) {
  return new Promise((resolve) => {
    if (window.Chart) resolve(window.Chart);
    script.addEventListener("load", () => resolve(window.Chart));
    script.addEventListener("error", () => resolve(null));
  });
}

/// A place for a chart: `draw(configuration)` shows it, again and again. `configuration()` is asked anew when the colours
/// change. The label says what is drawn to who can't see it; the figures stand in a table beside it.
export function chart(label) {
  const canvas = element("canvas", { role: "img", "aria-label": label });
  const node = element("div", { class: "chart", hidden: !hasCharts }, canvas);
  let drawn = null;
  let configuration = null;
  const show = async () => {
    const Chart = await library;
    if (Chart === null || configuration === null) return;
    const { type, data, options } = configuration();
    if (drawn === null) {
      drawn = new Chart(canvas, { type, data, options: { ...general(), ...options } });
    } else {
      Object.assign(drawn, { data, options: { ...general(), ...options } });
      drawn.update();
    }
  };
  onTheme(show);
  return { node, draw: (described) => { configuration = described; return show(); } };
}

/// What says, once on the page, why there are tables only.
export function chartNotice() {
  const notice = element("p", { class: "notice", hidden: hasCharts });
  fill(notice, "This build has tables only: Chart.js was not there when it was made. ",
    element("code", {}, "npm ci --prefix crates/dashboard"), " adds it, then build again.");
  return notice;
}

/// The colour of the series at that place.
export function seriesColour(index) {
  return colour(index < SERIES ? `series-${index + 1}` : "series-rest");
}

/// Axes as all charts here have them; `format` writes the numbers.
export function axes({ isStacked, format, most }) {
  const ticks = { color: colour("ink-3"), font: { size: 11 } };
  return {
    x: { stacked: isStacked, grid: { display: false }, border: { color: colour("line") }, ticks: { ...ticks, maxRotation: 0, autoSkipPadding: 12 } },
    y: { stacked: isStacked, beginAtZero: true, max: most, grid: { color: colour("line") }, border: { display: false },
      ticks: { ...ticks, maxTicksLimit: 6, callback: (value) => format(value) } },
  };
}

/// Calm: nothing moves but the figures.
function general() {
  return { responsive: true, maintainAspectRatio: false, animation: false, interaction: { mode: "index", intersect: false } };
}
