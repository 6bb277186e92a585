// Numbers and moments in figures, as en-GB writes them. `Intl` could do that too, and takes up to 40 ms to begin with, in
// which the page could be there.

const MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sept", "Oct", "Nov", "Dec"];
/// Those of the currencies that AWS bills in which are not ambiguous among each other.
const SYMBOLS = { USD: "$", EUR: "€", GBP: "£", JPY: "¥", INR: "₹", BRL: "R$", KRW: "₩" };

/// With so many places, rounded half away from zero, and commas between thousands.
export function decimal(number, places) {
  const [whole, fraction] = Math.abs(number).toFixed(places).split(".");
  const digits = [whole.replace(/\B(?=(\d{3})+$)/g, ","), fraction].filter(Boolean).join(".");
  return number < 0 && /[1-9]/.test(digits) ? `-${digits}` : digits;
}

/// To two places, with the currency (ISO 4217), if it is not null.
export function amount(number, currency) {
  const digits = decimal(number, 2);
  if (!currency) return digits;
  const symbol = SYMBOLS[currency] ?? `${currency}\u00A0`;
  return digits.startsWith("-") ? `-${symbol}${digits.slice(1)}` : `${symbol}${digits}`;
}

/// The time of day of a moment, where the browser is: `14:05:09`.
export function clock(at) {
  const date = new Date(at);
  return [date.getHours(), date.getMinutes(), date.getSeconds()].map((part) => String(part).padStart(2, "0")).join(":");
}

/// The day and time of a moment, where the browser is: `22 Nov 2026, 14:05:09`.
export function dayAndTime(at) {
  const date = new Date(at);
  return `${date.getDate()} ${MONTHS[date.getMonth()]} ${date.getFullYear()}, ${clock(at)}`;
}
