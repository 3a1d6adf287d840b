// Files that are dropped on the page: texts, or a model.

import { sentence } from '../../engine/errors.ts';
import { droppedFiles } from '../lib/dropped-files.ts';
import { isDroppedModel, isModelFile, requireModelMemory } from './open-model.ts';
import type { Session } from './session.svelte.ts';
import { words } from '../words/words.ts';

export function hasFiles(transfer: DataTransfer | null): transfer is DataTransfer {
  return transfer?.types.includes('Files') === true;
}

export async function openDropped(session: Session, transfer: DataTransfer): Promise<void> {
  try {
    await open(session, transfer);
  } catch (error) {
    session.text.problem = sentence(error);
  }
}

async function open(session: Session, transfer: DataTransfer): Promise<void> {
  const files = await droppedFiles(transfer);
  if (session.training.active) throw new Error(words.text.inUse);
  if (await isDroppedModel(files)) return session.importModel(files);
  const [model] = files.filter(({ file }) => isModelFile(file));
  if (!model) return session.text.openFiles(files);
  if (files.length > 1) throw new Error(words.text.modelAlone);
  requireModelMemory(model.file);
  await session.openModel(model.file);
}
