// Line ends and byte order marks, in which systems differ for the same text.

export const LINE_FEED = 0x0a;
export const CARRIAGE_RETURN = 0x0d;
const MARK = [0xef, 0xbb, 0xbf];

/** Removes the byte order mark, or several in a row. */
export function unmarked(bytes: Uint8Array): Uint8Array {
  return MARK.every((byte, i) => bytes[i] === byte) ? unmarked(bytes.subarray(MARK.length)) : bytes;
}

export function marked(bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  const out = new Uint8Array(MARK.length + bytes.length);
  out.set(MARK);
  out.set(bytes, MARK.length);
  return out;
}

/** Removes zero bytes and turns CR LF and CR into LF. */
export function withLineFeeds(bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  const out = new Uint8Array(bytes.length);
  let length = 0;
  let previous = 0;
  for (const byte of bytes) {
    if (byte === 0) continue;
    if (byte === CARRIAGE_RETURN) out[length++] = LINE_FEED;
    else if (byte !== LINE_FEED || previous !== CARRIAGE_RETURN) out[length++] = byte;
    previous = byte;
  }
  return out.subarray(0, length);
}

export function withWindowsLineEnds(bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  const out = new Uint8Array(2 * bytes.length);
  let length = 0;
  for (const byte of bytes) {
    if (byte === LINE_FEED) out[length++] = CARRIAGE_RETURN;
    out[length++] = byte;
  }
  return out.slice(0, length);
}

export function withMacLineEnds(bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  return new Uint8Array(bytes).map((byte) => (byte === LINE_FEED ? CARRIAGE_RETURN : byte));
}

export function withFinalLineFeed(bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  const out = new Uint8Array(bytes.length + 1);
  out.set(bytes);
  out[bytes.length] = LINE_FEED;
  return out;
}

export function withoutFinalLineFeed(bytes: Uint8Array): Uint8Array<ArrayBuffer> | undefined {
  return bytes.at(-1) === LINE_FEED ? new Uint8Array(bytes.subarray(0, -1)) : undefined;
}
