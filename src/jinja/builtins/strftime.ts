const DAYS = ["Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"];
const MONTHS = [
  "January",
  "February",
  "March",
  "April",
  "May",
  "June",
  "July",
  "August",
  "September",
  "October",
  "November",
  "December",
];

/** One directive: returns text, or a number with its width and, optionally, its padding character. */
type Code = (date: Date) => string | [number, number, string?];

const CODES: Readonly<Record<string, Code>> = {
  a: (date) => DAYS[date.getDay()].slice(0, 3),
  A: (date) => DAYS[date.getDay()],
  b: (date) => MONTHS[date.getMonth()].slice(0, 3),
  B: (date) => MONTHS[date.getMonth()],
  c: (date) => strftime("%a %b %e %H:%M:%S %Y", date),
  C: (date) => [Math.floor(date.getFullYear() / 100), 2],
  d: (date) => [date.getDate(), 2],
  D: (date) => strftime("%m/%d/%y", date),
  e: (date) => [date.getDate(), 2, " "],
  F: (date) => strftime("%Y-%m-%d", date),
  g: (date) => [isoYear(date) % 100, 2],
  G: (date) => [isoYear(date), 1],
  h: (date) => MONTHS[date.getMonth()].slice(0, 3),
  H: (date) => [date.getHours(), 2],
  I: (date) => [date.getHours() % 12 || 12, 2],
  j: (date) => [dayOfYear(date) + 1, 3],
  k: (date) => [date.getHours(), 2, " "],
  l: (date) => [date.getHours() % 12 || 12, 2, " "],
  m: (date) => [date.getMonth() + 1, 2],
  M: (date) => [date.getMinutes(), 2],
  n: () => "\n",
  p: (date) => date.getHours() < 12 ? "AM" : "PM",
  P: (date) => date.getHours() < 12 ? "am" : "pm",
  r: (date) => strftime("%I:%M:%S %p", date),
  R: (date) => strftime("%H:%M", date),
  s: (date) => [Math.floor(date.getTime() / 1000), 1],
  S: (date) => [date.getSeconds(), 2],
  t: () => "\t",
  T: (date) => strftime("%H:%M:%S", date),
  u: (date) => [date.getDay() || 7, 1],
  U: (date) => [Math.floor((dayOfYear(date) + 7 - date.getDay()) / 7), 2],
  V: (date) => [isoWeek(date), 2],
  w: (date) => [date.getDay(), 1],
  W: (date) => [Math.floor((dayOfYear(date) + 7 - (date.getDay() + 6) % 7) / 7), 2],
  x: (date) => strftime("%m/%d/%y", date),
  X: (date) => strftime("%H:%M:%S", date),
  y: (date) => [date.getFullYear() % 100, 2],
  Y: (date) => [date.getFullYear(), 1],
  // A naive datetime has neither an offset nor a zone name.
  z: () => "",
  Z: () => "",
  f: (date) => String(date.getMilliseconds() * 1000).padStart(6, "0"),
  "%": () => "%",
};

/** Days since January 1. */
function dayOfYear(date: Date): number {
  const day = Date.UTC(date.getFullYear(), date.getMonth(), date.getDate());
  return (day - Date.UTC(date.getFullYear(), 0, 1)) / 86_400_000;
}

/** The Thursday of the date's week: it determines the ISO 8601 year and week. */
function thursday(date: Date): Date {
  return new Date(date.getFullYear(), date.getMonth(), date.getDate() + 3 - (date.getDay() + 6) % 7);
}

function isoYear(date: Date): number {
  return thursday(date).getFullYear();
}

function isoWeek(date: Date): number {
  return Math.floor(dayOfYear(thursday(date)) / 7) + 1;
}

/** Python's strftime() for a local time in the C locale, with glibc's flags and widths. */
export function strftime(format: string, date: Date): string {
  return format.replace(/%([-_0^#]*)(\d*)([EO]?)([A-Za-z%+])/g, (all, flags, width, _modifier, letter) => {
    const code = CODES[letter];
    // glibc prints an unknown directive unchanged.
    return code ? flagged(code(date), flags, width, letter) : all;
  });
}

function flagged(
  part: string | [number, number, string?],
  flags: string,
  width: string,
  letter: string,
): string {
  const flag = [...flags].findLast((mark) => "-_0".includes(mark));
  if (typeof part === "string") {
    const cased = caseOf(part, flags, letter);
    return flag === "-" || !width ? cased : cased.padStart(Number(width), flag === "0" ? "0" : " ");
  }
  const [value, digits, fill = "0"] = part;
  if (flag === "-") return String(value);
  const size = width ? Number(width) : digits;
  return String(value).padStart(size, flag === "_" ? " " : flag === "0" ? "0" : fill);
}

function caseOf(text: string, flags: string, letter: string): string {
  if (flags.includes("#") && "pZ".includes(letter)) return text.toLowerCase();
  if (flags.includes("#") && "aAbBh".includes(letter)) return text.toUpperCase();
  return flags.includes("^") ? text.toUpperCase() : text;
}
