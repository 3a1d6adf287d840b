// What a format's writer gets and gives.

import type { CheckpointInfo } from '../checkpoint-info.ts';
import type { Model, WhichWeights } from '../core-objects.ts';
import type { Engine } from '../engine.ts';
import { exportFormat, type ExportFormatName } from './formats.ts';

export interface ExportRequest {
  to: ExportFormatName;
  /** The model's name in the output, and usually in the output's name. */
  name: string;
  /** One of the format's types; its first one if absent. */
  type?: string;
  /** Of a file that holds both; by default the weights that it generates with. */
  weights?: WhichWeights;
  /** For html: the built page that the model is put into. */
  viewer?: string;
}

export interface ExportedFile {
  name: string;
  content: Uint8Array<ArrayBuffer> | string;
}

/** A model file that is being exported. */
export class ExportSource {
  readonly engine: Engine;
  readonly file: Uint8Array;
  readonly name: string;
  readonly type: string;
  readonly weights: WhichWeights | undefined;
  readonly viewer: string;
  readonly info: CheckpointInfo;
  #model: Model | undefined;

  constructor(engine: Engine, file: Uint8Array, { to, name, type, weights, viewer = '' }: ExportRequest) {
    this.engine = engine;
    this.file = file;
    this.name = name;
    this.type = type ?? exportFormat(to).types?.[0] ?? '';
    this.weights = weights;
    this.viewer = viewer;
    this.info = engine.checkpointInfo(file);
  }

  /** The model with the chosen weights; valid until this is disposed of. */
  get model(): Model {
    this.#model ??= this.engine.loadModel(this.file, this.weights);
    return this.#model;
  }

  /** The step of the chosen weights. */
  get step(): number {
    const { step, best_step = step, restored_best } = this.info;
    return this.weights === 'best' || restored_best ? best_step : step;
  }

  /** The validation loss of the chosen weights, in bits per byte, if it is known. */
  get bitsPerByte(): number | null {
    const { val_bits_per_byte, best_val_bits_per_byte = null } = this.info;
    return this.weights === 'best' ? best_val_bits_per_byte : val_bits_per_byte;
  }

  [Symbol.dispose](): void {
    this.#model?.delete();
  }
}

/** JSON as people read it. */
export function jsonText(value: unknown): string {
  return `${JSON.stringify(value, null, 2)}\n`;
}
