// Control characters shown instead of obeyed: what a model writes, or a file is called, must not move the cursor,
// rename the window or reverse the order of letters.

/** Every control character but tab and line feed, and those that reorder what follows. */
// eslint-disable-next-line no-control-regex
const CONTROLS = /[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]/g;

/** As a text for a terminal: ESC becomes ␛. */
export function visible(text: string): string {
  return text.replace(CONTROLS, symbolOf);
}

/** As a single line: a line feed becomes ␊. */
export function visibleLine(text: string): string {
  return visible(text).replaceAll('\n', '␊');
}

/** Of a code below 32 Unicode has a picture; the escapes of the others are JSON's, so that JSON stays JSON. */
function symbolOf(character: string): string {
  const code = character.charCodeAt(0);
  if (code < 0x20) return String.fromCharCode(0x2400 + code);
  return code === 0x7f ? '\u2421' : `\\u${code.toString(16).padStart(4, '0')}`;
}
