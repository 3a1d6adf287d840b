// The model that the page has at hand: in training, trained, or from a file.

import { optionsOfCheckpoint } from '../../engine/convert.ts';
import { defaults, optionsOf, type Options } from '../../engine/options.ts';
import type { LoadedModel, Started } from '../../worker/protocol.ts';

export interface OpenModel {
  seq_len: number;
  /** Where training was when the model was last saved or opened; 0 for a new one. */
  savedStep: number;
  /** Whether an adapter can be saved apart. */
  hasAdapter: boolean;
  /** What is known of a model from a file; absent for one trained here. */
  file?: { name: string; info: LoadedModel };
}

export function trainedModel(started: Started): OpenModel {
  return { seq_len: started.seq_len, savedStep: started.step, hasAdapter: started.has_adapter };
}

export function loadedModel(name: string, info: LoadedModel): OpenModel {
  const hasAdapter = info.has_optimizer && (info.options?.lora_rank ?? 0) > 0;
  return { seq_len: info.max_len, savedStep: info.step, hasAdapter, file: { name, info } };
}

/** Whether training can go on from the file: it holds the optimiser, and its schedule is not at its end. */
export function canResume(model: OpenModel | undefined): boolean {
  const info = model?.file?.info;
  return (
    info !== undefined &&
    info.has_optimizer &&
    info.restored_best !== true &&
    info.options !== null &&
    info.step < info.options.max_steps
  );
}

/** The options that a loaded model was trained with. */
export function loadedOptions(info: LoadedModel): Partial<Options> {
  const options = optionsOfCheckpoint(defaults(), info);
  return Object.fromEntries(optionsOf('model', 'train').map(({ name }) => [name, options[name]]));
}
