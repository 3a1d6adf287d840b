// Reads the model that a command works with: a file that mini-llm has saved, or a model of another program, which is a
// folder with config.json, or a weights file beside one.

import fs from 'node:fs';
import path from 'node:path';
import { sentence } from '../engine/errors.ts';
import { importModel, type ImportSettings, type ModelPart } from '../engine/import/import.ts';
import { holdsModel } from '../engine/import/recognize.ts';
import { EXIT, Failure } from './exit.ts';
import { metadataOf, withReader } from './file-kinds.ts';
import { readInput, reason, statOf } from './files.ts';
import { say } from './terminal.ts';

export async function readModel(file: string, settings: ImportSettings = {}): Promise<Uint8Array> {
  const parts = foreignParts(file);
  if (!parts) return readInput(file, 'a saved model');
  try {
    const { bytes, notes } = await importModel(parts, settings);
    for (const note of notes) say(note);
    return bytes;
  } catch (error) {
    throw error instanceof Failure ? error : new Failure(`${file}: ${sentence(error)}`, EXIT.error, error);
  }
}

/** Whether this is a model of another program. */
export function isForeign(file: string): boolean {
  return foreignParts(file) !== undefined;
}

/** The files of a model of another program; undefined if it is no such model. */
function foreignParts(file: string): ModelPart[] | undefined {
  const stat = statOf(file);
  if (stat?.isDirectory()) {
    const names = filesIn(file);
    if (holdsModel(names)) return names.map((name) => partOf(file, name));
    throw new Failure(
      `${file} is a folder without config.json; give a model file, or a folder that transformers has saved.`,
    );
  }
  if (!stat?.isFile() || !file.endsWith('.safetensors')) return undefined;
  const folder = path.dirname(file);
  if (!fs.existsSync(path.join(folder, 'config.json')) || isOurs(file)) return undefined;
  const names = filesIn(folder);
  const own = path.basename(file);
  // Of several weights files beside config.json the named one counts, unless it is one of a set.
  const together = /-of-\d+\.safetensors$/.test(own);
  return names
    .filter((name) => together || name === own || !/\.safetensors(\.index\.json)?$/.test(name))
    .map((name) => partOf(folder, name));
}

function isOurs(file: string): boolean {
  try {
    return metadataOf(file) !== undefined;
  } catch {
    return true; // the core says what is wrong
  }
}

function filesIn(folder: string): string[] {
  try {
    return fs.readdirSync(folder).filter((name) => isFile(path.join(folder, name)));
  } catch (error) {
    throw new Failure(`${folder} cannot be listed: ${reason(error)}.`, EXIT.error, error);
  }
}

/** Links that lead nowhere are no files. */
function isFile(file: string): boolean {
  try {
    return fs.statSync(file).isFile();
  } catch {
    return false;
  }
}

function partOf(folder: string, name: string): ModelPart {
  const file = path.join(folder, name);
  return {
    path: name,
    size: statOf(file)?.size ?? 0,
    read: (at, length) => {
      try {
        return withReader(file, (read) => read(at, length));
      } catch (error) {
        throw new Failure(`${file} cannot be read: ${reason(error)}.`, EXIT.error, error);
      }
    },
  };
}
