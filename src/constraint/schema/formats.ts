/** Two digits of a day, by the number of days in the month. */
const DAY28 = "(0[1-9]|1\\d|2[0-8])";
const MONTHS = [
  `(0[13578]|1[02])-(0[1-9]|[12]\\d|3[01])`,
  `(0[469]|11)-(0[1-9]|[12]\\d|30)`,
  `02-${DAY28}`,
].join("|");
/** 29 February of a leap year: divisible by 4 and not by 100, or by 400. */
const LEAP_DAY = "(\\d\\d(0[48]|[2468][048]|[13579][26])|([02468][048]|[13579][26])00)-02-29";
const DATE = `(\\d{4}-(${MONTHS})|${LEAP_DAY})`;
const TIME = "([01]\\d|2[0-3]):[0-5]\\d:[0-5]\\d(\\.\\d{1,9})?(Z|[+-]([01]\\d|2[0-3]):[0-5]\\d)";
/** Parts of a duration: a unit is followed by the next smaller one only. */
const DAYS = "(\\d+D|\\d+M(\\d+D)?|\\d+Y(\\d+M(\\d+D)?)?)";
const CLOCK = "T(\\d+H(\\d+M(\\d+S)?)?|\\d+M(\\d+S)?|\\d+S)";
const BYTE = "(25[0-5]|2[0-4]\\d|1\\d\\d|[1-9]?\\d)";
const IPV4 = `${BYTE}(\\.${BYTE}){3}`;
const GROUP = "[0-9a-fA-F]{1,4}";
const LABEL = "[a-zA-Z0-9]([a-zA-Z0-9-]{0,61}[a-zA-Z0-9])?";
const SHORT_LABEL = "[a-zA-Z0-9]([a-zA-Z0-9-]{0,28}[a-zA-Z0-9])?";
/** At most 253 characters. */
const HOST = `${LABEL}(\\.${SHORT_LABEL}){0,6}`;
const ATOM = "[a-zA-Z0-9_+-]{1,16}";

const EMAIL = `${ATOM}(\\.${ATOM}){0,3}@${LABEL}(\\.${LABEL}){1,4}`;
const PATH = "(/[a-zA-Z0-9._~-]*)*(\\?[a-zA-Z0-9._~=&-]*)?(#[a-zA-Z0-9._~-]*)?";
const URI = `(https?|ftp)://${HOST}(:[1-9]\\d{0,3})?${PATH}`;
const REFERENCE = `/([a-zA-Z0-9._~-]+${PATH})?`;
const ANY_TEXT = "[^]*";

/** An address of eight groups, or of fewer with one `::` in their place. */
const IPV6 = [
  `(${GROUP}:){7}${GROUP}`,
  ...Array.from({ length: 7 }, (_, before) => {
    const head = before === 0 ? "" : `${GROUP}(:${GROUP}){${before - 1}}`;
    const most = 6 - before;
    return `${head}::${most === 0 ? `(${GROUP})?` : `(${GROUP}(:${GROUP}){0,${most}})?`}`;
  }),
].join("|");

/** Formats of numbers: their bounds, and whether they are integers. */
export const NUMBER_FORMATS: Readonly<Record<string, { readonly most?: number }>> = {
  int32: { most: 2 ** 31 },
  int64: { most: 2 ** 63 },
  float: {},
  double: {},
};

/**
 * The formats of JSON Schema that are supported, as regular expressions for the whole text. Where a format
 * allows more than people write (comments in mail addresses, any URI scheme), a common part of it.
 */
export const FORMATS: Readonly<Record<string, string>> = {
  date: DATE,
  time: TIME,
  "date-time": `${DATE}T${TIME}`,
  duration: `P(${DAYS}(${CLOCK})?|${CLOCK}|\\d+W)`,
  uuid: "[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}",
  email: EMAIL,
  hostname: HOST,
  ipv4: IPV4,
  ipv6: IPV6,
  url: `(https?|ftp)://([a-z0-9]{1,20}\\.){1,4}[a-z]{2,6}(/[a-zA-Z0-9._~-]*)*`,
  uri: URI,
  iri: URI,
  "uri-reference": REFERENCE,
  "iri-reference": REFERENCE,
  "idn-email": EMAIL,
  "idn-hostname": HOST,
  "json-pointer": "(/([^~/]|~[01])*)*",
  byte: "([A-Za-z0-9+/]{4})*([A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?",
  // Notes for people: any text.
  password: ANY_TEXT,
  binary: ANY_TEXT,
};
