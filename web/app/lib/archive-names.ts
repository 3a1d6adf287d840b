// Lists the files of a ZIP archive without reading all of it: their names stand at its end.

import { holdsModel } from '../../engine/import/recognize.ts';

/** The record at the end has 22 bytes and a comment of up to 64 KiB. */
const END_BYTES = 22 + 0xffff;
const END = 0x06054b50;
const ENTRY = 0x02014b50;
const ENTRY_BYTES = 46;
/** Stands for a value that is stored elsewhere, in archives of more than 4 GB. */
const ELSEWHERE = 0xffffffff;

/** Whether the archive is a model's rather than texts. */
export async function archiveHoldsModel(archive: Blob): Promise<boolean> {
  const names = await namesIn(archive);
  return names === undefined || (holdsModel(names) && names.some((name) => /\.safetensors$/i.test(name)));
}

/** Returns undefined for an archive that is too large to hold texts. */
async function namesIn(archive: Blob): Promise<string[] | undefined> {
  const tail = await viewOf(archive.slice(-END_BYTES));
  let end = tail.byteLength - 22;
  while (end >= 0 && tail.getUint32(end, true) !== END) end--;
  if (end < 0) return [];
  const [size, from] = [tail.getUint32(end + 12, true), tail.getUint32(end + 16, true)];
  if (size === ELSEWHERE || from === ELSEWHERE) return undefined;
  const entries = await viewOf(archive.slice(from, from + size));
  const names: string[] = [];
  for (let at = 0; at + ENTRY_BYTES <= entries.byteLength && entries.getUint32(at, true) === ENTRY;) {
    const [name, extra, comment] = [28, 30, 32].map((field) => entries.getUint16(at + field, true));
    names.push(new TextDecoder().decode(new Uint8Array(entries.buffer, at + ENTRY_BYTES, name)));
    at += ENTRY_BYTES + name! + extra! + comment!;
  }
  return names;
}

async function viewOf(blob: Blob): Promise<DataView<ArrayBuffer>> {
  return new DataView(await blob.arrayBuffer());
}
