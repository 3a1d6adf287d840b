// Reads what an export has put into this page.

import { nextTurn } from '../engine/event-loop.ts';
import { PART_CLASS, type ModelPage } from '../engine/export/model-page.ts';

export function embeddedModel(): ModelPage {
  const json = document.getElementById('model')?.textContent ?? '';
  if (json === '')
    throw new Error('There is no model in this page: “mini-llm export --to html” puts one into it.');
  return JSON.parse(json) as ModelPage;
}

/** The weights, as a model file. Frees their text, and lets the page answer between two parts. */
export async function embeddedWeights(): Promise<Blob> {
  const parts: Uint8Array<ArrayBuffer>[] = [];
  for (const element of document.querySelectorAll(`script.${PART_CLASS}`)) {
    parts.push(fromBase64(element.textContent));
    element.remove();
    await nextTurn();
  }
  return new Blob(parts);
}

/** Uint8Array.fromBase64, which browsers before 2025 lack. */
export function fromBase64(text: string): Uint8Array<ArrayBuffer> {
  const characters = atob(text);
  const bytes = new Uint8Array(characters.length);
  for (let i = 0; i < bytes.length; i++) bytes[i] = characters.charCodeAt(i);
  return bytes;
}
