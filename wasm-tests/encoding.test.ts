// A text in any encoding becomes the same UTF-8, with notes on the changes.

import { makeCorpus, readCorpus, whyDifferent } from '../web/engine/corpus.ts';
import { decodeText } from '../web/engine/encoding.ts';
import { ENCODINGS } from '../web/engine/encodings.ts';
import { cli, jsonLines, scratch, TINY_FLAGS } from './helpers/cli.ts';
import { encoded } from './helpers/encode.ts';
import { CHINESE, FRENCH, JAPANESE, KOREAN, RUSSIAN, english } from './helpers/texts.ts';
import { createHash } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { gzipSync } from 'node:zlib';

const utf8 = (text: string) => new TextEncoder().encode(text);
const read = async (bytes: Uint8Array, encoding?: string) => {
  const decoded = await decodeText(bytes, encoding);
  return { ...decoded, text: new TextDecoder('utf-8', { fatal: true }).decode(decoded.bytes) };
};

/** The beginning of a text, of about this many bytes. */
const short = (text: string, encoding: string): string => {
  for (let length = text.length; ; length--)
    if (encoded(text.slice(0, length), encoding).length <= 200) return text.slice(0, length);
};

const ENCODED: readonly (readonly [encoding: string, text: string])[] = [
  ['windows-1252', FRENCH],
  ['koi8-r', RUSSIAN],
  ['windows-1251', RUSSIAN],
  ['ibm866', RUSSIAN],
  ['euc-kr', KOREAN],
  ['shift_jis', JAPANESE],
  ['euc-jp', JAPANESE],
  ['gb18030', CHINESE],
  ['utf-16le', FRENCH],
  ['utf-16be', RUSSIAN],
  ['utf-16le', JAPANESE],
  ['utf-16be', JAPANESE],
  ['utf-16le', CHINESE],
  ['utf-16be', KOREAN],
];

describe('the encoding of a text is detected', () => {
  test.each(ENCODED)('%s, from 200 bytes', async (encoding, text) => {
    const beginning = short(text, encoding);
    const decoded = await read(encoded(beginning, encoding));
    expect(decoded.text).toBe(beginning);
    expect(decoded.encoding).toBe(encoding);
  });

  test.each(ENCODED)('%s, from a long text that begins with plain English', async (encoding, text) => {
    const long = english(encoding.startsWith('utf-16') ? 0 : 300_000) + text.repeat(200);
    const decoded = await read(encoded(long, encoding));
    expect(decoded.text).toBe(long);
    expect(decoded.encoding).toBe(encoding);
    expect(decoded.notes).toEqual([expect.stringMatching(/^The text was converted from .*\.$/)]);
  });

  test.each([
    ['UTF-8', [0xef, 0xbb, 0xbf], 'utf-8'],
    ['UTF-16, little-endian', [0xff, 0xfe], 'utf-16le'],
    ['UTF-16, big-endian', [0xfe, 0xff], 'utf-16be'],
  ])('a byte order mark means %s, and is removed', async (_, mark, encoding) => {
    const bytes = encoding === 'utf-8' ? utf8(KOREAN) : encoded(KOREAN, encoding);
    const decoded = await read(Uint8Array.from([...mark, ...bytes]));
    expect(decoded).toMatchObject({ text: KOREAN, encoding, confident: true });
    expect(decoded.notes.join(' ')).toContain('The byte order mark at the start of the text was left out.');
  });

  test('plain UTF-8 is unchanged, without notes', async () => {
    const bytes = utf8(KOREAN);
    const decoded = await decodeText(bytes);
    expect(decoded.bytes).toBe(bytes);
    expect(decoded).toMatchObject({ encoding: 'utf-8', confident: true, notes: [] });
  });

  test('UTF-8 with an invalid byte and a truncated last character stays UTF-8, with a note', async () => {
    const bytes = utf8(KOREAN);
    bytes[3 * 7 + 2] = 0xff;
    const decoded = await read(bytes.subarray(0, -4));
    expect(decoded.encoding).toBe('utf-8');
    expect(decoded.text.startsWith(KOREAN.slice(0, 7))).toBe(true);
    expect(decoded.notes.join(' ')).toMatch(
      /^The text holds \d places? that cannot be read; “�” stands there now\.$/,
    );
  });

  test('Italian accents are not taken for Cyrillic letters', async () => {
    const italian =
      "Perché non c'è più nessuno? La città è già buia, però così andò, e tornò lunedì; è la verità.\n";
    expect((await read(encoded(italian, 'windows-1252'))).text).toBe(italian);
  });

  test('an encoding can be named instead, by any of its names', async () => {
    const bytes = Uint8Array.from([0x82, 0x20, 0xe1]);
    for (const name of ['cp850', 'CP850']) expect((await read(bytes, name)).text).toBe('é ß');
    expect((await read(Uint8Array.from([0x93, 0xe9, 0x94]), 'latin1')).text).toBe('“é”');
    expect((await read(encoded(KOREAN, 'euc-kr'), 'cp949')).text).toBe(KOREAN);
    await expect(decodeText(bytes, 'klingon')).rejects.toThrow(
      /no encoding "klingon" here; there are utf-8, /,
    );
    for (const { name } of ENCODINGS)
      expect((await read(encoded('plain', name.startsWith('cp') ? 'utf-8' : name), name)).text).toBe('plain');
  });

  test('the preview shows whether the encoding is right', async () => {
    const bytes = encoded(`${english(2000)}\n${RUSSIAN}`, 'koi8-r');
    expect((await decodeText(bytes)).preview).toMatch(/^Все счастливые семьи похожи/);
  });
});

describe('the same text has the same SHA-256', () => {
  const { sha256 } = makeCorpus(FRENCH.repeat(20));
  const windows = FRENCH.repeat(20).replaceAll('\n', '\r\n');

  test.each([
    ['pasted with line ends of Windows', windows],
    ['in a file with line ends of Windows', utf8(windows)],
    ['in a file of an old Mac', utf8(windows.replaceAll('\n', ''))],
    ['with a byte order mark', utf8(`\ufeff${windows}`)],
    ['in windows-1252', encoded(windows, 'windows-1252')],
    ['in UTF-16', encoded(`\ufeff${windows}`, 'utf-16le')],
    ['with two byte order marks', utf8(`\ufeff\ufeff${windows}`)],
    ['with zero bytes where a disk was damaged at its end', utf8(`${FRENCH.repeat(20)}${'\0'.repeat(5000)}`)],
    ['with a stray zero byte', utf8(`${FRENCH.repeat(10)}\0${FRENCH.repeat(10)}`)],
  ])('%s, and notes list the changes', async (_, text) => {
    const corpus = await readCorpus(text);
    expect(corpus.sha256).toBe(sha256);
    expect(corpus.notes.join(' ')).toMatch(/converted|left out|line ends|carriage returns/);
  });

  test('lone carriage returns and those before a line feed are each one line end', async () => {
    expect((await read(utf8('a\r\nb\rc\n\rd\r\r\ne'))).text).toBe('a\nb\nc\n\nd\n\ne');
  });
});

/** "The cat sees a dog, and my aunt follows the old king into the garden." as mainframes write it. */
const EBCDIC = [
  ...Buffer.from(
    'e38885408381a340a28585a2408140849687' +
      '6b408195844094a84081a495a34086969393' +
      '96a6a240a38885409693844092899587408995a39640a38885408781998485954b25',
    'hex',
  ),
];

describe('data that is not text is refused with a sentence', () => {
  test.each([
    [
      'a picture',
      [0x89, 0x50, 0x4e, 0x47, 13, 10, 26, 10, 0, 0, 0, 13],
      /it is a picture \(PNG\); save the words/,
    ],
    ['a Word document', [0x50, 0x4b, 3, 4, 20, 0, 6, 0], /a ZIP archive, as Word documents/],
    ['a compressed text', [...gzipSync(english(3000))], /it is a compressed file \(gzip\)/],
    ['a PDF document', [...utf8('%PDF-1.4\n% plain ASCII\n')], /it is a PDF document/],
    ['a program', [0x7f, 0x45, 0x4c, 0x46, 2, 1, 1, 0], /it is a program/],
    [
      'numbers',
      [...new Uint8Array(Float32Array.from({ length: 500 }, Math.cos).buffer)],
      /zero bytes|not characters/,
    ],
    ['UTF-32', [0xff, 0xfe, 0, 0, 97, 0, 0, 0], /UTF-32; save it as UTF-8/],
    ['EBCDIC', EBCDIC, /it seems to be in cp(500|1140), which cannot be read here; save it as UTF-8/],
    ['zero bytes alone', new Array<number>(100).fill(0), /it holds zero bytes/],
    [
      'noise',
      Array.from({ length: 4096 }, (_, i) => 1 + ((i * i * 31 + i * 17) % 255)),
      /not characters in UTF-8 or/,
    ],
  ])('%s', async (_, bytes, says) => {
    await expect(readCorpus(Uint8Array.from(bytes), 'my file')).rejects.toThrow(says);
  });

  test('an empty text, also with a byte order mark', async () => {
    await expect(readCorpus('', 'notes.txt')).rejects.toThrow(
      'notes.txt is empty; there is nothing to learn from.',
    );
    await expect(readCorpus(Uint8Array.from([0xef, 0xbb, 0xbf]))).rejects.toThrow('is empty');
  });
});

describe('a model of another form of the same text', () => {
  const text = english(600);
  const corpus = makeCorpus(text);
  const windows = text.replaceAll('\n', '\r\n');

  test.each([
    ['with the line ends of Windows (CR LF)', windows],
    ['with a byte order mark', `\ufeff${text}`],
    ['with a byte order mark and the line ends of Windows (CR LF)', `\ufeff${windows}`],
    ['with the line ends of the first Macs (CR)', text.replaceAll('\n', '\r')],
    ['with a line feed at its end', `${text}\n`],
  ])('the text %s is recognized', async (how, other) => {
    const found = whyDifferent(corpus, createHash('sha256').update(other).digest('hex'));
    expect(found?.how).toBe(how);
    expect(new TextDecoder('utf-8', { ignoreBOM: true }).decode(found?.corpus.bytes)).toBe(other);
  });

  test('the original bytes of its file are recognized, if available', async () => {
    const raw = encoded(FRENCH, 'windows-1252');
    const found = whyDifferent(await readCorpus(raw), createHash('sha256').update(raw).digest('hex'));
    expect(found?.how).toBe('with the bytes of its file just as they are');
    expect(found?.corpus.bytes).toEqual(raw);
  });

  test('another text is not recognized', () => {
    expect(whyDifferent(corpus, makeCorpus(english(500)).sha256)).toBeUndefined();
  });
});

describe('on the command line', () => {
  const folder = scratch();
  const file = (name: string, bytes: Uint8Array | string): string => {
    fs.writeFileSync(path.join(folder, name), bytes);
    return name;
  };
  const train = (text: string, ...flags: string[]) =>
    cli(['train', text, '--max_steps', '2', ...TINY_FLAGS, '--out', `${text}.safetensors`, ...flags], folder);

  test('a text in KOI8-R is converted, with a note and a preview', async () => {
    const { code, stderr } = await train(file('russian.txt', encoded(RUSSIAN.repeat(20), 'koi8-r')));
    expect(stderr).toContain('The text was converted from Cyrillic (KOI8-R).');
    expect(stderr).toMatch(/in koi8-r: “Все счастливые семьи .*--encoding/);
    expect(code).toBe(0);
  });

  test('notes are events of --json too', async () => {
    const { stdout } = await train(file('windows.txt', english(2000).replaceAll('\n', '\r\n')), '--json');
    const { event, message } = jsonLines(stdout)[0]!;
    expect([event, message]).toEqual(['note', expect.stringContaining('CR LF')]);
  });

  test('--encoding decides, and an unknown one is a usage error', async () => {
    const text = file('dos.txt', encoded(RUSSIAN.repeat(20), 'ibm866'));
    expect((await train(text, '--encoding', 'cp437')).stderr).toMatch(/in cp437: “é/);
    expect((await train(text, '--encoding', 'cp866')).stderr).toMatch(/in ibm866: “Все счастливые/);
    const { code, stderr } = await train(text, '--encoding', 'klingon');
    expect(stderr).toMatch(/--encoding: There is no encoding "klingon"/);
    expect(code).toBe(2);
  });
});
