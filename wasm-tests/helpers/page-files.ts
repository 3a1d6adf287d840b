// Saves, opens and inspects model files of the page.

import { readFile } from 'node:fs/promises';
import type { Page } from 'playwright-core';
import type { CheckpointInfo } from '../../web/engine/checkpoint-info.ts';
import { sharedEngine } from './engine.ts';
import { button } from './page.ts';

export async function savedModel(page: Page): Promise<Uint8Array> {
  const download = page.waitForEvent('download');
  await button(page, 'Save model').click();
  return new Uint8Array(await readFile(await (await download).path()));
}

export async function openModel(page: Page, name: string, bytes: Uint8Array): Promise<void> {
  const chooser = page.waitForEvent('filechooser');
  await button(page, 'Open model').click();
  await (await chooser).setFiles({ name, mimeType: 'application/octet-stream', buffer: Buffer.from(bytes) });
}

export async function checkpointInfo(file: Uint8Array): Promise<CheckpointInfo> {
  return (await sharedEngine()).checkpointInfo(file);
}
