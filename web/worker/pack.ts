// What the page exports, as one file to download.

import { downloadZip } from 'client-zip';
import type { Exported } from '../engine/export/export.ts';
import type { Download } from './protocol.ts';

/** The earliest date that a ZIP archive can hold, so that the same model gives the same bytes. */
const DATE = new Date(1980, 0, 1);

/** A folder becomes a ZIP archive. The browser may keep its parts on disk. */
export async function packed({ output, folder, files }: Exported): Promise<Download> {
  if (!folder) return { name: output, content: new Blob([files[0]!.content]) };
  const entries = files.map(({ name, content }) => ({
    name: `${output}/${name}`,
    input: content,
    lastModified: DATE,
  }));
  return { name: `${output}.zip`, content: await downloadZip(entries).blob() };
}
