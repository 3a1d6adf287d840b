// Saves, opens and inspects model files of the page.

import { readFile } from 'node:fs/promises';
import type { FileChooser, Page } from 'playwright-core';
import type { CheckpointInfo } from '../../web/engine/checkpoint-info.ts';
import { sharedEngine } from './engine.ts';
import { button, inPanel } from './page.ts';

export async function savedModel(page: Page): Promise<Uint8Array> {
  return downloaded(page, 'Save model');
}

export async function openModel(page: Page, name: string, bytes: Uint8Array): Promise<void> {
  await pickModel(page, { name, mimeType: 'application/octet-stream', buffer: Buffer.from(bytes) });
}

/** Picks files, or paths of them, as a model. */
export async function pickModel(page: Page, files: Parameters<FileChooser['setFiles']>[0]): Promise<void> {
  await inPanel(page, 'Runs', async () => {
    const chooser = page.waitForEvent('filechooser');
    await button(page, 'Open model').click();
    await (await chooser).setFiles(files);
  });
}

/** What a button of the panel Export downloads. */
export async function downloaded(page: Page, name: string): Promise<Uint8Array> {
  return inPanel(page, 'Export', async () => {
    const download = page.waitForEvent('download');
    await button(page, name).click();
    return new Uint8Array(await readFile(await (await download).path()));
  });
}

export async function checkpointInfo(file: Uint8Array): Promise<CheckpointInfo> {
  return (await sharedEngine()).checkpointInfo(file);
}
