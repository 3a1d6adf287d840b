// Texts in encodings that JavaScript can only read.

/** A text in any encoding that TextDecoder knows: it decodes every code to get the table. */
export function encoded(text: string, encoding: string): Uint8Array<ArrayBuffer> {
  if (encoding.startsWith('utf-16')) return utf16(text, encoding === 'utf-16le');
  const table = tableOf(encoding);
  return Uint8Array.from(
    [...text].flatMap((character) => {
      const bytes = table.get(character);
      if (!bytes) throw new Error(`${encoding} has no “${character}”.`);
      return bytes;
    }),
  );
}

function utf16(text: string, littleEndian: boolean): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(2 * text.length);
  const view = new DataView(bytes.buffer);
  for (let i = 0; i < text.length; i++) view.setUint16(2 * i, text.charCodeAt(i), littleEndian);
  return bytes;
}

const tables = new Map<string, Map<string, number[]>>();

function tableOf(encoding: string): Map<string, number[]> {
  const table = tables.get(encoding) ?? makeTable(encoding);
  tables.set(encoding, table);
  return table;
}

function makeTable(encoding: string): Map<string, number[]> {
  const decoder = new TextDecoder(encoding, { fatal: true });
  const table = new Map<string, number[]>();
  const add = (...bytes: number[]): void => {
    try {
      const character = decoder.decode(Uint8Array.from(bytes));
      if ([...character].length === 1 && !table.has(character)) table.set(character, bytes);
    } catch {
      // Not a character of this encoding.
    }
  };
  for (let first = 0; first < 256; first++) add(first);
  // Node 20 takes these for control characters.
  if (encoding === 'windows-1252') for (const [character, byte] of WINDOWS_1252) table.set(character, [byte]);
  for (let first = 0x81; first < 0xff; first++)
    for (let second = 0x40; second < 0xff; second++) add(first, second);
  return table;
}

const WINDOWS_1252: readonly (readonly [string, number])[] = [
  ['€', 0x80],
  ['…', 0x85],
  ['œ', 0x9c],
  ['’', 0x92],
  ['“', 0x93],
  ['”', 0x94],
  ['—', 0x97],
];
