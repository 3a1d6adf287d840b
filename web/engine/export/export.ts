// Exports a model file. The core writes arrays, in cpp/io; the texts beside them are made here, so that the page downloads
// them only when it exports.

import type { Engine } from '../engine.ts';
import { exportFormat, outputName } from './formats.ts';
import { ExportSource, type ExportedFile, type ExportRequest } from './source.ts';
import { WRITERS } from './writers.ts';

export type { ExportedFile, ExportRequest };

export interface Exported {
  /** The usual name of the file or folder. */
  output: string;
  /** Whether it is a folder; otherwise there is one file. */
  folder: boolean;
  files: ExportedFile[];
}

/** Throws with a sentence if the file does not hold what the format needs. */
export function exportModel(engine: Engine, file: Uint8Array, request: ExportRequest): Exported {
  const format = exportFormat(request.to);
  using source = new ExportSource(engine, file, request);
  const files = WRITERS[request.to](source);
  return {
    output: outputName(format, request.name, request.type),
    folder: format.folder !== undefined,
    files,
  };
}
