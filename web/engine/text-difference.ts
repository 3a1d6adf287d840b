// Describes how two texts differ that the user takes for the same.

import { LINE_FEED, unmarked, withLineFeeds } from './line-ends.ts';

/** Completes a sentence after a colon. */
export function textDifference(before: Uint8Array, now: Uint8Array): string {
  const [a, b] = [unmarked(before), unmarked(now)];
  const at = firstDifference(a, b);
  if (at === undefined) return 'only the byte order mark at its beginning is another';
  if (firstDifference(withLineFeeds(a), withLineFeeds(b)) === undefined)
    return 'only its line ends are others';
  const place = (byte: number): string => `byte ${byte} (line ${lineOf(a, byte)})`;
  if (at === a.length) return `it goes on after ${place(at)}, where the other ended`;
  if (at === b.length) return `it ends after ${place(at)}, where the other went on`;
  return `they differ from ${place(at + 1)} on`;
}

function firstDifference(a: Uint8Array, b: Uint8Array): number | undefined {
  const shorter = Math.min(a.length, b.length);
  let at = 0;
  while (at < shorter && a[at] === b[at]) at++;
  return at === a.length && at === b.length ? undefined : at;
}

/** The line that the byte with this number, from 1, is in. */
function lineOf(text: Uint8Array, number: number): number {
  let line = 1;
  for (const byte of text.subarray(0, Math.max(0, number - 1))) if (byte === LINE_FEED) line++;
  return line;
}
