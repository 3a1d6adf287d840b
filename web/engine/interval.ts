// An interval while training, in steps or in time.

import { readNumber } from './numbers.ts';

export type Interval = { readonly steps: number } | { readonly seconds: number };

const SECONDS: Readonly<Record<string, number>> = { s: 1, min: 60, h: 3600 };
const MOST = 100_000_000;

/** Reads "100" as steps and "30s", "10min" or "2h" as a time; undefined if the text is neither. */
export function readInterval(text: string): Interval | undefined {
  const [, number = '', unit] = /^\s*(.*?)\s*(s|min|h)?\s*$/s.exec(text) ?? [];
  const value = readNumber(number, unit === undefined);
  if (typeof value !== 'number' || value < 0 || value > MOST) return undefined;
  if (unit !== undefined) return value > 0 ? { seconds: value * SECONDS[unit]! } : undefined;
  return Number.isInteger(value) ? { steps: value } : undefined;
}
