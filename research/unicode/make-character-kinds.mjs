// node research/unicode/make-character-kinds.mjs: writes cpp/text/character_kinds.inc, the table of letters, numbers and
// white space, from the regular expressions of this Node. Run it after a new version of Unicode.
import { writeFileSync } from 'node:fs';
import { inCheckout } from '../../tools/lib/paths.mjs';

/** In the order of the core's CharacterKind; 0 is any other character. */
const KINDS = [/\p{L}/u, /\p{N}/u, /\p{White_Space}/u];

function kindOf(code) {
  const character = String.fromCodePoint(code);
  return KINDS.findIndex((kind) => kind.test(character)) + 1;
}

/** Ranges of characters of one kind, each [kind, length], up to the last character that has a kind. */
function ranges() {
  const found = [];
  for (let code = 0; code <= 0x10ffff; code++) {
    const kind = kindOf(code);
    if (found.at(-1)?.[0] === kind) found.at(-1)[1]++;
    else found.push([kind, 1]);
  }
  return found.at(-1)[0] === 0 ? found.slice(0, -1) : found;
}

/** LEB128: seven bits per byte, the lowest first; the eighth bit is set if more bytes follow. */
function varint(n) {
  return n < 0x80 ? [n] : [(n & 0x7f) | 0x80, ...varint(n >> 7)];
}

const bytes = ranges().flatMap(([kind, length]) => varint(length * 4 + kind));
const lines = [
  `// Unicode ${process.versions.unicode}, written by research/unicode/make-character-kinds.mjs.`,
];
for (let at = 0; at < bytes.length; at += 24) lines.push(`${bytes.slice(at, at + 24).join(',')},`);
writeFileSync(inCheckout('cpp', 'text', 'character_kinds.inc'), `${lines.join('\n')}\n`);
