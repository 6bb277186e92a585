// Amounts of money as AWS writes them: decimal texts, added without rounding.

/// The sum of decimal texts, as one; null where none is known.
export function sum(amounts) {
  const known = amounts.filter((amount) => amount !== null && amount !== undefined);
  if (known.length === 0) return null;
  const places = Math.max(...known.map((amount) => fraction(amount).length));
  const total = known.reduce((total, amount) => total + scaled(amount, places), 0n);
  return text(total, places);
}

/// Near enough for what is drawn and compared.
export function near(amount) {
  return amount === null || amount === undefined ? null : Number(amount);
}

function fraction(amount) {
  return amount.split(".")[1] ?? "";
}

function scaled(amount, places) {
  const whole = amount.split(".")[0].replace("-", "");
  const units = BigInt(`${whole || "0"}${fraction(amount).padEnd(places, "0")}`);
  return amount.startsWith("-") ? -units : units;
}

function text(units, places) {
  const digits = (units < 0n ? -units : units).toString().padStart(places + 1, "0");
  const sign = units < 0n ? "-" : "";
  const cut = digits.length - places;
  return places === 0 ? `${sign}${digits}` : `${sign}${digits.slice(0, cut)}.${digits.slice(cut)}`;
}
