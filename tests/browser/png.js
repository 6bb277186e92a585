// PNG images (ISO/IEC 15948) as small as they get: a browser writes them fast instead.

import { crc32, deflateSync, inflateSync } from "node:zlib";

const SIGNATURE_LENGTH = 8;
const RGB = 2;
const RGBA = 6;

/// The same picture in fewer bytes: without filters, which help photographs and not tables, and packed as well as can be.
export function smaller(image) {
  const chunks = chunksOf(image);
  const header = chunks.find(({ type }) => type === "IHDR").data;
  const [width, height, colours] = [header.readUInt32BE(0), header.readUInt32BE(4), header[9]];
  if (header[8] !== 8 || ![RGB, RGBA].includes(colours)) throw new Error("a screenshot has 8 bits of red, green and blue");
  const packed = Buffer.concat(chunks.filter(({ type }) => type === "IDAT").map(({ data }) => data));
  const plain = unfiltered(inflateSync(packed), width * (colours === RGB ? 3 : 4), height, colours === RGB ? 3 : 4);
  const body = deflateSync(plain, { level: 9, memLevel: 9 });
  return Buffer.concat([image.subarray(0, SIGNATURE_LENGTH), chunk("IHDR", header), chunk("IDAT", body), chunk("IEND", Buffer.alloc(0))]);
}

function chunksOf(image) {
  const chunks = [];
  for (let at = SIGNATURE_LENGTH; at < image.length;) {
    const length = image.readUInt32BE(at);
    chunks.push({ type: image.toString("latin1", at + 4, at + 8), data: image.subarray(at + 8, at + 8 + length) });
    at += length + 12;
  }
  return chunks;
}

/// The rows with filter 0 instead of whichever they have (section 9.2 of the standard).
function unfiltered(filtered, rowLength, height, pixel) {
  const plain = Buffer.alloc((rowLength + 1) * height);
  for (let row = 0; row < height; row += 1) {
    const [start, above] = [row * (rowLength + 1) + 1, (row - 1) * (rowLength + 1) + 1];
    const filter = filtered[start - 1];
    for (let column = 0; column < rowLength; column += 1) {
      const left = column < pixel ? 0 : plain[start + column - pixel];
      const up = row === 0 ? 0 : plain[above + column];
      const corner = row === 0 || column < pixel ? 0 : plain[above + column - pixel];
      plain[start + column] = filtered[start + column] + predicted(filter, left, up, corner);
    }
  }
  return plain;
}

function predicted(filter, left, up, corner) {
  switch (filter) {
    case 0: return 0;
    case 1: return left;
    case 2: return up;
    case 3: return (left + up) >> 1;
    default: return nearest(left, up, corner);
  }
}

/// Paeth's predictor.
function nearest(left, up, corner) {
  const guess = left + up - corner;
  const [ofLeft, ofUp, ofCorner] = [left, up, corner].map((value) => Math.abs(guess - value));
  if (ofLeft <= ofUp && ofLeft <= ofCorner) return left;
  return ofUp <= ofCorner ? up : corner;
}

function chunk(type, data) {
  const named = Buffer.concat([Buffer.from(type, "latin1"), data]);
  const [length, check] = [Buffer.alloc(4), Buffer.alloc(4)];
  length.writeUInt32BE(data.length);
  check.writeUInt32BE(crc32(named));
  return Buffer.concat([length, named, check]);
}
