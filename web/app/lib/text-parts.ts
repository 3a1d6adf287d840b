// A long text is edited in parts: each key costs the browser time for the whole of a text area, a quarter of a
// second and more for a novel. A part ends where a line ends, else between two characters.

/** A text area with this much answers a key within a few milliseconds. */
export const PART_BYTES = 200_000;
/** A text of at most this size is one part. */
export const WHOLE_BYTES = 250_000;

/** How far back a part's end looks for the end of a line. */
const LINE_WITHIN_BYTES = 10_000;
const LINE_FEED = 10;

/** Where the parts of a UTF-8 text begin, and its length: part i is [cuts[i], cuts[i + 1]). */
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

/** The part that holds this byte; the text's end belongs to the last part. */
export function partAt(cuts: readonly number[], byte: number): number {
  const after = cuts.findIndex((cut) => cut > byte);
  return (after === -1 ? cuts.length - 1 : after) - 1;
}

/** The cuts after part `part` has become `size` bytes long. */
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
