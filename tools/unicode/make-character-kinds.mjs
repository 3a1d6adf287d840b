// Writes cpp/text/character_kinds.inc: which characters are letters, numbers and white space, as this Node's regular
// expressions know them. To be run by hand when Unicode has grown: node tools/unicode/make-character-kinds.mjs
import { writeFileSync } from 'node:fs';
import { inCheckout } from '../lib/paths.mjs';

/** In the order of the core's CharacterKind; what is none of them is 0. */
const KINDS = [/\p{L}/u, /\p{N}/u, /\p{White_Space}/u];

function kindOf(code) {
  const character = String.fromCodePoint(code);
  return KINDS.findIndex((kind) => kind.test(character)) + 1;
}

/** Runs of characters of one kind, [kind, length] each, up to the last character of any. */
function runs() {
  const found = [];
  for (let code = 0; code <= 0x10ffff; code++) {
    const kind = kindOf(code);
    if (found.at(-1)?.[0] === kind) found.at(-1)[1]++;
    else found.push([kind, 1]);
  }
  return found.at(-1)[0] === 0 ? found.slice(0, -1) : found;
}

/** Seven bits a byte, the lowest first, the eighth set where more follow. */
function varint(n) {
  return n < 0x80 ? [n] : [(n & 0x7f) | 0x80, ...varint(n >> 7)];
}

const bytes = runs().flatMap(([kind, length]) => varint(length * 4 + kind));
const lines = [`// Unicode ${process.versions.unicode}, written by tools/unicode/make-character-kinds.mjs.`];
for (let at = 0; at < bytes.length; at += 24) lines.push(`${bytes.slice(at, at + 24).join(',')},`);
writeFileSync(inCheckout('cpp', 'text', 'character_kinds.inc'), `${lines.join('\n')}\n`);
