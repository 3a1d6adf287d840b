// The model that the page has at hand: in training, trained, or from a file.

import { optionsOfCheckpoint } from '../../engine/convert.ts';
import { defaults, optionsOf, type OptionName, type Options } from '../../engine/options.ts';
import type { LoadedModel, Started } from '../../worker/protocol.ts';

export interface OpenModel {
  /** The worker's number of it. */
  id: number;
  seq_len: number;
  /** Of the weights that were last saved or opened; 0 for a new model. */
  savedStep: number;
  /** Whether an adapter can be saved apart. */
  hasAdapter: boolean;
  /** What the page's fields said when it began or was opened: what they say otherwise later is a wish to change it. */
  asked: Options;
  /** Whether it goes on with another text as “Continue on this text” says, so that the fields say nothing of its shape. */
  finetuned: boolean;
  /** What is known of a model from a file; absent for one trained here. */
  file?: { name: string; info: LoadedModel };
}

export function trainedModel(started: Started, asked: Options, finetuned: boolean): OpenModel {
  return {
    id: started.model,
    seq_len: started.seq_len,
    savedStep: started.step,
    hasAdapter: started.has_adapter,
    asked,
    finetuned,
  };
}

export function loadedModel(name: string, info: LoadedModel, asked: Options): OpenModel {
  const hasAdapter = info.has_optimizer && (info.options?.lora_rank ?? 0) > 0;
  return {
    id: info.model,
    seq_len: info.max_len,
    savedStep: info.step,
    hasAdapter,
    asked,
    finetuned: false,
    file: { name, info },
  };
}

/** Whether a file holds all that training needs to go on. */
export function isCheckpoint(model: OpenModel | undefined): boolean {
  const info = model?.file?.info;
  return info !== undefined && info.has_optimizer && info.restored_best !== true && info.options !== null;
}

/** Whether training can go on from the file within its steps. */
export function canResume(model: OpenModel | undefined): boolean {
  const info = model?.file?.info;
  return isCheckpoint(model) && info !== undefined && info.step < (info.options?.max_steps ?? 0);
}

/** The options that a loaded model was trained with. */
export function loadedOptions(info: LoadedModel): Partial<Options> {
  const options = optionsOfCheckpoint(defaults(), info);
  return Object.fromEntries(optionsOf('model', 'train').map(({ name }) => [name, options[name]]));
}

/** What a model cannot change any more, whoever trains it on. */
const FIXED: readonly OptionName[] = [...optionsOf('model', 'finetune').map(({ name }) => name), 'optimizer'];

/** The options that the fields now say otherwise than when the model began. */
export function changedOptions({ asked, finetuned }: OpenModel, now: Options): Partial<Options> {
  const names = finetuned ? optionsOf('train', 'finetune') : optionsOf('model', 'train');
  return Object.fromEntries(
    names.filter(({ name }) => asked[name] !== now[name]).map(({ name }) => [name, now[name]]),
  );
}

/** Those of them that the model cannot follow. */
export function fixedOptions(changed: Partial<Options>): OptionName[] {
  return FIXED.filter((name) => name in changed);
}
