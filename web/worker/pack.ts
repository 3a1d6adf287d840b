// What the page exports, as one file to download.

import { downloadZip } from 'client-zip';
import viewerUrl from '../../build/viewer/viewer.html?url';
import { UPDATED } from '../engine/errors.ts';
import type { Exported } from '../engine/export/export.ts';
import type { Download, ExportRequest } from './protocol.ts';

/** The earliest date that a ZIP archive can hold, so that the same model gives the same bytes. */
const DATE = new Date(1980, 0, 1);

/** Fetches the page that html puts the model into; other formats need none. */
export async function viewerFor({ to }: ExportRequest): Promise<{ viewer?: string }> {
  if (to !== 'html') return {};
  const response = await fetch(viewerUrl);
  if (!response.ok)
    throw new Error(`The page to put the model into could not be fetched (${response.status}). ${UPDATED}`);
  return { viewer: await response.text() };
}

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
