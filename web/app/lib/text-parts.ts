// Splits a long text into parts for editing: at each key the browser lays out the whole text area, which takes a
// quarter of a second or more for a novel. A part ends with a line, or else between two characters.

/** A text area of this size responds to a key within milliseconds. */
export const PART_BYTES = 200_000;
/** A text up to this size is a single part. */
export const WHOLE_BYTES = 250_000;

/** How far before its maximum end a part may end with a line. */
const LINE_WITHIN_BYTES = 10_000;
const LINE_FEED = 10;

/** The byte offsets that bound the parts of a UTF-8 text: part i is [cuts[i], cuts[i + 1]). */
export function partCuts(bytes: Uint8Array): number[] {
  const cuts = [0];
  if (bytes.length > WHOLE_BYTES)
    for (let end = PART_BYTES; bytes.length - cuts.at(-1)! > WHOLE_BYTES; end = cuts.at(-1)! + PART_BYTES)
      cuts.push(cutBefore(bytes, end));
  return [...cuts, bytes.length];
}

function cutBefore(bytes: Uint8Array, end: number): number {
  const line = bytes.lastIndexOf(LINE_FEED, end - 1) + 1;
  if (line > end - LINE_WITHIN_BYTES) return line;
  let cut = end;
  while (isContinuation(bytes[cut])) cut--;
  return cut;
}

function isContinuation(byte: number | undefined): boolean {
  return byte !== undefined && (byte & 0xc0) === 0x80;
}

/** The part that contains this byte offset; the end of the text belongs to the last part. */
export function partAt(cuts: readonly number[], byte: number): number {
  const after = cuts.findIndex((cut) => cut > byte);
  return (after === -1 ? cuts.length - 1 : after) - 1;
}

/** The cuts after `part` has changed its size to `size` bytes. */
export function resized(cuts: readonly number[], part: number, size: number): number[] {
  const grown = size - (cuts[part + 1]! - cuts[part]!);
  return cuts.map((cut, i) => (i > part ? cut + grown : cut));
}

export function concat(...pieces: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(pieces.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const piece of pieces) {
    whole.set(piece, at);
    at += piece.length;
  }
  return whole;
}
