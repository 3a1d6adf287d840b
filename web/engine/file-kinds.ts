// Recognizes files that are not text by their first bytes.

const OLD_OFFICE = '\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1';

const KINDS: readonly (readonly [start: string, kind: string])[] = [
  ['%PDF-', 'a PDF document'],
  ['PK\x03\x04', 'a ZIP archive, as Word documents and e-books are'],
  ['PK\x05\x06', 'an empty ZIP archive'],
  [OLD_OFFICE, 'an old Word, Excel or PowerPoint document'],
  ['{\\rtf', 'a document with formatting (RTF)'],
  ['\x89PNG', 'a picture (PNG)'],
  ['\xff\xd8\xff', 'a picture (JPEG)'],
  ['GIF8', 'a picture (GIF)'],
  ['\x1f\x8b', 'a compressed file (gzip)'],
  ['BZh', 'a compressed file (bzip2)'],
  ['\xfd7zXZ\0', 'a compressed file (xz)'],
  ['\x28\xb5\x2f\xfd', 'a compressed file (zstd)'],
  ['7z\xbc\xaf\x27\x1c', 'an archive (7z)'],
  ['Rar!\x1a\x07', 'an archive (RAR)'],
  ['\x7fELF', 'a program'],
  ['\0asm', 'a program (WebAssembly)'],
  ['\xca\xfe\xba\xbe', 'a program'],
  ['\xcf\xfa\xed\xfe', 'a program'],
  ['SQLite format 3\0', 'a database (SQLite)'],
  ['ID3', 'a sound (MP3)'],
  ['OggS', 'a sound or film (Ogg)'],
  ['\x1aE\xdf\xa3', 'a film (Matroska)'],
];

/** Position of the format's name in a tar archive. */
const TAR = { at: 257, start: 'ustar' };

/** The kind of a file that is not text; undefined if it is none of the known ones. */
export function kindOfFile(bytes: Uint8Array): string | undefined {
  if (startsWith(bytes, TAR.start, TAR.at)) return 'an archive (tar)';
  if (isSafetensors(bytes)) return 'a model file (safetensors)';
  if (isProtectedOffice(bytes)) return 'an Office document that is protected with a password';
  return KINDS.find(([start]) => startsWith(bytes, start))?.[1];
}

export function startsWith(bytes: Uint8Array, start: string, at = 0): boolean {
  return [...start].every((c, i) => bytes[at + i] === c.charCodeAt(0));
}

/** The document is an encrypted stream of an old Office file; the names of streams are in UTF-16. */
function isProtectedOffice(bytes: Uint8Array): boolean {
  if (!startsWith(bytes, OLD_OFFICE)) return false;
  return new TextDecoder('utf-16le')
    .decode(bytes.subarray(0, bytes.length & ~1))
    .includes('EncryptedPackage');
}

/** Eight bytes with the header's length, then JSON. */
function isSafetensors(bytes: Uint8Array): boolean {
  return startsWith(bytes, '\0\0\0{', 5);
}
