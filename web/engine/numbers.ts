// Reads numbers as people write them: "0,8", "1,000", "1 000", "٣٫٥", full-width digits. A text that could mean two numbers,
// one a thousand times the other, is ambiguous and not guessed.

const PLAIN = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i;
const PLAIN_WHOLE = /^[+-]?\d+(e\+?\d+)?$/i;

/** The two numbers that a text could mean. */
export interface Ambiguous {
  readonly either: readonly [number, number];
}

/** Whether a number is written as in source code. */
export function isPlainNumber(text: string): boolean {
  return PLAIN.test(text.trim());
}

/**
 * The number that a text means, or undefined. In a whole number, a comma before three digits groups thousands; in a
 * fraction it may also be a decimal comma, as in "1,000", and then both readings are returned; likewise a point in a whole
 * number.
 */
export function readNumber(text: string, whole: boolean): number | Ambiguous | undefined {
  const ascii = toAscii(text).trim();
  if ((whole ? PLAIN_WHOLE : PLAIN).test(ascii)) return finite(Number(ascii));
  const [, sign, digits, exponent] = /^([+-]?)([^e]*)(e[+-]?\d+)?$/i.exec(ascii) ?? [];
  if (digits === undefined) return undefined;
  const numberOf = (read: string | undefined) =>
    read === undefined ? undefined : finite(Number(`${sign}${read}${exponent ?? ''}`));
  const grouped = numberOf(withoutGroups(digits));
  const decimal = numberOf(withPoint(digits));
  if (grouped === undefined || decimal === undefined) return grouped ?? decimal;
  if (whole && digits.includes(',')) return grouped;
  return { either: [grouped, decimal] };
}

function finite(value: number): number | undefined {
  return Number.isFinite(value) ? value : undefined;
}

/** "1,000" or "1 000,5" as "1000" or "1000.5"; undefined if there are no groups of three in it. */
function withoutGroups(digits: string): string | undefined {
  const [, group = '', rest = ''] = /^[1-9]\d{0,2}(?:([., '’_٬])\d{3})(?:\1\d{3})*(.*)$/.exec(digits) ?? [];
  if (group === '' || (rest !== '' && !FRACTION.test(rest)) || rest.startsWith(group)) return undefined;
  return digits.slice(0, digits.length - rest.length).replaceAll(group, '') + rest.replace(MARK, '.');
}

/** "0,8" as "0.8"; undefined if there is no decimal mark, or more than one. */
function withPoint(digits: string): string | undefined {
  return /^(\d+[.,٫]\d*|[.,٫]\d+)$/.test(digits) ? digits.replace(MARK, '.') : undefined;
}

const MARK = /[.,٫]/;
const FRACTION = /^[.,٫]\d*$/;

/** Invisible marks of the writing direction. */
const DIRECTION_MARKS = /[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/g;
const MINUS = /[\u2212\u2013\ufe63\uff0d]/g;
const FULL_WIDTH = /[\uff01-\uff5e]/g;
const FULL_WIDTH_OFFSET = 0xfee0;

function toAscii(text: string): string {
  return text
    .replace(DIRECTION_MARKS, '')
    .replace(MINUS, '-')
    .replace(FULL_WIDTH, (sign) => String.fromCharCode(sign.charCodeAt(0) - FULL_WIDTH_OFFSET))
    .replace(/\p{Zs}/gu, ' ')
    .replace(/\p{Nd}/gu, (digit) => String(digitValue(digit.codePointAt(0)!)));
}

/** The digits 0 to 9 of each script are consecutive characters. */
function digitValue(digit: number): number {
  let value = 0;
  while (value < 9 && /\p{Nd}/u.test(String.fromCodePoint(digit - value - 1))) value++;
  return value;
}
