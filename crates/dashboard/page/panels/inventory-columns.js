// What the tables of the inventory show of a row.

import { ago } from "../showing/ages.js";
import { element } from "../showing/element.js";
import { count, orUnknown } from "../showing/words.js";
import { nameOf } from "./panel.js";

const REGION = { key: "region", label: "Region", value: ({ region }) => region };
const ACCOUNT = { key: "account", label: "Account", value: ({ account }) => nameOf(account) };

export const INSTANCE_COLUMNS = [
  { key: "name", label: "Name", value: ({ name }) => name, cell: named },
  { key: "id", label: "Instance", value: ({ instanceId }) => instanceId, cell: ({ instanceId }) => id(instanceId) },
  { key: "state", label: "State", value: ({ state }) => state, cell: ({ state }) => badge(state) },
  { key: "type", label: "Type", value: ({ instanceType }) => instanceType },
  REGION,
  ACCOUNT,
  { key: "launched", label: "Launched", value: ({ launchTime }) => launchTime, cell: ({ launchTime }) => agoOf(launchTime) },
  { key: "stopped", label: "Stopped for", value: ({ stoppedAt }) => stoppedAt, cell: stoppedFor },
  { key: "ip", label: "Private IP", value: ({ privateIpAddress }) => privateIpAddress, cell: ({ privateIpAddress }) => id(privateIpAddress ?? "–") },
  { key: "bought", label: "Bought", value: ({ lifecycle }) => lifecycle ?? "on demand" },
];

export const SNAPSHOT_COLUMNS = [
  { key: "name", label: "Name", value: ({ name }) => name, cell: named },
  { key: "id", label: "Snapshot", value: ({ snapshotId }) => snapshotId, cell: ({ snapshotId }) => id(snapshotId) },
  { key: "state", label: "State", value: ({ state }) => state, cell: ({ state }) => badge(state) },
  { key: "size", label: "GiB", isNumber: true, value: ({ volumeSize }) => volumeSize, cell: ({ volumeSize }) => count(volumeSize) },
  { key: "volume", label: "Volume", value: volumeOf, cell: (row) => (row.volumeExists === false ? badge("no volume") : id(orUnknown(volumeOf(row)))) },
  REGION,
  ACCOUNT,
  { key: "started", label: "Begun", value: ({ startTime }) => startTime, cell: ({ startTime }) => agoOf(startTime) },
  { key: "tier", label: "Tier", value: ({ storageTier }) => storageTier },
  { key: "encrypted", label: "Encrypted", value: ({ encrypted }) => yesOrNo(encrypted) },
];

export const IMAGE_COLUMNS = [
  { key: "name", label: "Name", value: ({ name }) => name, cell: named },
  { key: "id", label: "AMI", value: ({ imageId }) => imageId, cell: ({ imageId }) => id(imageId) },
  { key: "state", label: "State", value: ({ state }) => state, cell: ({ state }) => badge(state) },
  { key: "platform", label: "Platform", value: ({ platformDetails }) => platformDetails },
  { key: "architecture", label: "Architecture", value: ({ architecture }) => architecture },
  REGION,
  ACCOUNT,
  { key: "created", label: "Made", value: ({ creationDate }) => creationDate, cell: ({ creationDate }) => agoOf(creationDate) },
  { key: "launched", label: "Last launched", value: ({ lastLaunchedTime }) => lastLaunchedTime, cell: ({ lastLaunchedTime }) => agoOf(lastLaunchedTime) },
  { key: "public", label: "Public", value: (row) => yesOrNo(row.public) },
];

function named({ name }) {
  return name ? name : element("span", { class: "unknown" }, "no name");
}

function agoOf(at) {
  return at ? [ago(at), " ago"] : orUnknown(null);
}

/// Only what is stopped has been so for a time; AWS does not tell it of a system that shut itself down.
function stoppedFor({ state, stoppedAt }) {
  if (state !== "stopped") return "–";
  return ago(stoppedAt ?? null);
}

function volumeOf({ volumeId, volumeExists }) {
  return volumeExists === false ? "none" : volumeId;
}

function id(text) {
  return element("span", { class: "id" }, text);
}

function badge(state) {
  return element("span", { class: "badge", "data-level": state }, orUnknown(state));
}

function yesOrNo(value) {
  return value === null || value === undefined ? null : value ? "yes" : "no";
}
