// The current model of the page: in training, trained, or opened from a file.

import { optionsOfCheckpoint } from '../../engine/convert.ts';
import { holdsModel, isArchive } from '../../engine/import/recognize.ts';
import { HEAP_LIMIT_BYTES } from '../../engine/limits.ts';
import { defaults, optionsOf, type OptionName, type Options } from '../../engine/options.ts';
import { recipeOptions, savedRecipe, type Recipe } from '../../engine/recipe.ts';
import type { LoadedModel, PathFile, SavedModel, Started, Weights } from '../../worker/protocol.ts';
import { words } from '../words/words.ts';

export interface OpenModel {
  /** Its number in the worker. */
  id: number;
  seq_len: number;
  /** The step of the weights that were last saved or opened; 0 for a new model. */
  savedStep: number;
  /** Whether it has a LoRA adapter, which can be saved by itself. */
  hasAdapter: boolean;
  /** The options of the page when training began or the file was opened; later differences are requested changes. */
  asked: Options;
  /** Whether it is being fine-tuned; then the options of the page do not describe its shape. */
  finetuned: boolean;
  /** How its run can be repeated; older files do not know. */
  recipe: Recipe | undefined;
  /** For a model from a file. */
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
    recipe: started.recipe,
  };
}

export function loadedModel(name: string, info: LoadedModel, asked: Options, finetuned = false): OpenModel {
  const hasAdapter = info.has_optimizer && (info.options?.lora_rank ?? 0) > 0;
  return {
    id: info.model,
    seq_len: info.config.seq_len,
    savedStep: info.step,
    hasAdapter,
    asked,
    finetuned,
    recipe: savedRecipe(info),
    file: { name, info },
  };
}

/** Whether its file holds everything that training needs to continue. */
export function isCheckpoint(model: OpenModel | undefined): boolean {
  const info = model?.file?.info;
  return info !== undefined && info.has_optimizer && info.restored_best !== true && info.options !== null;
}

/** The steps of the best and the last weights, if the file holds both. */
export function bothWeights(model: OpenModel | undefined): Record<Weights, number> | undefined {
  const { best_step, restored_best, step } = model?.file?.info ?? {};
  if (best_step === undefined || step === undefined || restored_best || best_step === step) return undefined;
  return { best: best_step, last: step };
}

/** Whether training can continue from the file and has steps left. */
export function canResume(model: OpenModel | undefined): boolean {
  const info = model?.file?.info;
  return isCheckpoint(model) && info !== undefined && info.step < (info.options?.max_steps ?? 0);
}

/** The options that an opened model was trained with; a reproducible run stays so when it is resumed. */
export function loadedOptions(info: LoadedModel): Partial<Options> {
  const options = optionsOfCheckpoint(defaults(), info);
  const recipe = savedRecipe(info);
  return {
    ...Object.fromEntries(optionsOf('model', 'train').map(({ name }) => [name, options[name]])),
    ...(recipe ? { reproducible: recipeOptions(recipe).reproducible } : {}),
  };
}

/** Options that are fixed once a model exists. */
const FIXED: readonly OptionName[] = [...optionsOf('model', 'finetune').map(({ name }) => name), 'optimizer'];

/** The options that differ from those of the model. */
export function changedOptions({ asked, finetuned }: OpenModel, now: Options): Partial<Options> {
  const names = finetuned ? optionsOf('train', 'finetune') : optionsOf('model', 'train');
  return Object.fromEntries(
    names.filter(({ name }) => asked[name] !== now[name]).map(({ name }) => [name, now[name]]),
  );
}

/** The changed options that are fixed for this model. */
export function fixedOptions(changed: Partial<Options>): OptionName[] {
  return FIXED.filter((name) => name in changed);
}

export function isModelFile({ name }: File): boolean {
  return /\.safetensors$/i.test(name);
}

/** Whether these are the files of a model of another program, or an archive of them. */
export function isForeignModel(files: readonly PathFile[]): boolean {
  const [first, second] = files;
  if (first && !second) return isArchive(first.path);
  return holdsModel(files.map(({ path }) => path)) && files.some(({ file }) => isModelFile(file));
}

/** The same for dropped files, whose archive may hold texts instead. */
export async function isDroppedModel(files: readonly PathFile[]): Promise<boolean> {
  const [first, second] = files;
  if (!first || second || !isForeignModel(files)) return isForeignModel(files);
  return (await import('../lib/archive-names.ts')).archiveHoldsModel(first.file);
}

/** The common folder of dropped files, or the only file's name. */
export function folderName(files: readonly PathFile[]): string {
  const [first, second] = files;
  if (!first) return '';
  const folder = first.path.split('/')[0]!;
  if (!second) return first.file.name;
  return files.every(({ path }) => path.startsWith(`${folder}/`)) ? folder : words.opened.theModel;
}

/** Throws if a model file is too large to open. Opening needs twice its size. */
export function requireModelMemory({ name, size }: File): void {
  const limit = HEAP_LIMIT_BYTES / 2;
  if (size > limit) throw new Error(words.opened.tooLarge(name, size, limit));
}

/** The name under which a model is downloaded. */
export function fileName(what: string, { step }: Pick<SavedModel, 'step'>): string {
  return `${what}-step-${step}.safetensors`;
}
