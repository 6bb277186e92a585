// What the tables of the inventory come to, in a sentence each. `coverage` says how much of it is known.

import { element } from "../showing/element.js";
import { count, counted } from "../showing/words.js";
import { atLeast } from "./coverage.js";

export function summaryOfInstances(rows, coverage) {
  const of = (state) => rows.filter((row) => row.state === state).length;
  const others = rows.length - of("running") - of("stopped");
  return [strong(of("running"), coverage), " running, ", strong(of("stopped"), coverage), " stopped, ", atLeast(others, coverage), " in between or gone"];
}

export function summaryOfSnapshots(rows, coverage) {
  const orphans = orphansIn(rows, coverage);
  return [element("strong", {}, sizeOf(rows, coverage)), " of volumes; ", element("strong", {}, orphans.text), " without a volume (", orphans.size, ")"];
}

export function summaryOfImages(rows, coverage) {
  const isPublic = rows.filter((row) => row.public === true).length;
  return [element("strong", {}, atLeast(rows.length, coverage, (number) => counted(number, "image"))), ", ", atLeast(isPublic, coverage), " of them public"];
}

/// The snapshots of volumes that are no more: `{ count, text, size }`. Of some it may not be known whether theirs is.
export function orphansIn(rows, coverage) {
  const orphans = rows.filter(({ volumeExists }) => volumeExists === false);
  const isAllTold = rows.every(({ volumeExists }) => volumeExists !== null && volumeExists !== undefined);
  const told = isAllTold ? coverage : { ...coverage, isToldToItsEnd: false };
  return {
    count: atLeast(orphans.length, told),
    text: atLeast(orphans.length, told, (number) => counted(number, "snapshot")),
    size: sizeOf(orphans, told),
  };
}

/// What the volumes hold together, in GiB: of some it may be unknown.
function sizeOf(rows, coverage) {
  const isAllTold = rows.every(({ volumeSize }) => typeof volumeSize === "number");
  const size = rows.reduce((sum, { volumeSize }) => sum + (volumeSize ?? 0), 0);
  return atLeast(size, isAllTold ? coverage : { ...coverage, isToldToItsEnd: false }, (size) => `${count(size)} GiB`);
}

function strong(number, coverage) {
  return element("strong", {}, atLeast(number, coverage));
}
