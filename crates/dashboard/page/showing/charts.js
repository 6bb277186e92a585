// Charts by Chart.js, where this build has it: npm installs it, and a build without Node leaves it out.

import { element, fill } from "./element.js";
import { colour, onTheme } from "./theme.js";

/// How many series have a colour of their own; the rest are one.
export const SERIES = 8;

const place = document.querySelector("meta[name=chart-library]")?.content ?? null;

const hasCharts = place !== null;

/// Figures come first: charts, and what draws them, wait until they are allowed.
let allow = null;
const library = new Promise((resolve) => { allow = resolve; }).then(() => (hasCharts ? loaded() : null));

/// Lets charts be drawn from now on.
export function allowCharts() {
  allow();
}

/// Resolves to the library, or to null where it does not come.
function loaded() {
  return new Promise((resolve) => {
    const script = element("script", { src: place, on: { load: () => resolve(window.Chart), error: () => resolve(null) } });
    document.head.append(script);
  });
}

/// A place for a chart: `draw(configuration)` shows it, again and again. `configuration()` is asked anew when the colours
/// change. The label says what is drawn to who can't see it; the figures stand in a table beside it.
export function chart(label) {
  const canvas = element("canvas", { role: "img", "aria-label": label });
  const node = element("div", { class: "chart", hidden: !hasCharts }, canvas);
  let drawn = null;
  let configuration = null;
  let isWaiting = false;
  const show = (Chart) => {
    isWaiting = false;
    if (Chart === null) return;
    const { type, data, options } = configuration();
    if (drawn === null) {
      drawn = new Chart(canvas, { type, data, options: { ...general(), ...options } });
    } else {
      Object.assign(drawn, { data, options: { ...general(), ...options } });
      drawn.update();
    }
  };
  const draw = async () => {
    if (isWaiting || configuration === null) return;
    isWaiting = true;
    const Chart = await library;
    requestAnimationFrame(() => show(Chart));
  };
  onTheme(draw);
  return { node, draw: (described) => { configuration = described; draw(); } };
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
