// A recipe is everything that is needed to repeat a run, except the text itself: small JSON that every checkpoint holds.
// It names only what decides the result. Threads, saves and samples do not, so that a run gives the same file however it
// is carried out.

import type { CheckpointInfo } from './checkpoint-info.ts';
import type { Corpus } from './corpus.ts';
import { defaults, isOptionName, optionsOf, type OptionName, type Options } from './options.ts';
import { OptionError, valueProblem } from './validate.ts';
import { VERSION } from './version.ts';

export interface Recipe {
  /** The version of mini-llm that began the run, or "unknown" for a file without a recipe. */
  readonly version: string;
  readonly corpus_sha256: string;
  readonly corpus_bytes: number;
  /** The SHA-256 of the weights that a fine-tuned run began with. */
  readonly base_sha256?: string;
  readonly options: Partial<Options>;
  /** What changed when the run was resumed, in the order of the steps. */
  readonly changes?: readonly RecipeChange[];
}

export interface RecipeChange {
  /** The step after which the options applied. */
  readonly step: number;
  /** Set if the run had ended at this step and was extended. */
  readonly extended?: true;
  readonly options: Partial<Options>;
}

/** The options that a run may change when it is resumed. */
export const CHANGEABLE: readonly OptionName[] = [
  ...optionsOf('train', 'finetune').map(({ name }) => name),
  'reproducible',
];

/** The options that decide the result. */
export const RECIPE_OPTIONS: readonly OptionName[] = [
  ...new Set([...optionsOf('model').map(({ name }) => name), ...CHANGEABLE]),
];

/** Those of the named options that are there, in the order of the names. */
export function picked(names: readonly OptionName[], options: Partial<Options>): Partial<Options> {
  return Object.fromEntries(names.filter((name) => name in options).map((name) => [name, options[name]]));
}

/** Those whose value is not the usual one. */
export function difference(
  names: readonly OptionName[],
  usual: Options,
  options: Partial<Options>,
): Partial<Options> {
  const other = names.filter((name) => options[name] !== undefined && options[name] !== usual[name]);
  return picked(other, options);
}

/** The recipe of a run at its start. `reproducible` says whether the build that runs is. */
export function newRecipe(
  options: Options,
  reproducible: boolean,
  { sha256, bytes }: Corpus,
  base_sha256?: string,
): Recipe {
  // The byte tokenizer ignores vocab_size.
  const names = RECIPE_OPTIONS.filter((name) => name !== 'vocab_size' || options.tokenizer === 'bpe');
  return {
    version: VERSION,
    corpus_sha256: sha256,
    corpus_bytes: bytes.length,
    ...(base_sha256 === undefined ? {} : { base_sha256 }),
    options: picked(names, { ...options, reproducible }),
  };
}

/** The recipe of a run that goes on from a file, with these options from now on. */
export function continuedRecipe(
  info: CheckpointInfo,
  saved: Options,
  now: Options,
  reproducible: boolean,
  corpus: Corpus,
): Recipe {
  const { step } = info;
  const before = savedRecipe(info) ?? {
    ...newRecipe(saved, reproducible, corpus),
    version: 'unknown',
  };
  const earlier = (before.changes ?? []).filter((change) => change.step < step);
  const known = recipeOptions({ ...before, changes: earlier });
  const options = difference(CHANGEABLE, known, { ...now, reproducible });
  const extended = step > 0 && info.patience_from === step;
  const changed = extended || Object.keys(options).length > 0;
  const changes = changed ? [...earlier, { step, ...(extended ? { extended } : {}), options }] : earlier;
  const { changes: _before, ...rest } = before;
  return changes.length === 0 ? rest : { ...rest, changes };
}

/** All options of a run at its end. */
export function recipeOptions({ options, changes = [] }: Recipe): Options {
  return Object.assign(defaults(), options, ...changes.map((change) => change.options)) as Options;
}

/** The recipe in a file; undefined in older files, and in those of other versions with other options. */
export function savedRecipe({ recipe }: { readonly recipe?: unknown }): Recipe | undefined {
  if (recipe === undefined) return undefined;
  try {
    return parseRecipe(recipe);
  } catch (error) {
    if (error instanceof OptionError) return undefined;
    throw error;
  }
}

/** Whether a run goes on in a build that is reproducible: as asked for now, or else as before. */
export function staysReproducible(recipe: Recipe | undefined, given: Partial<Options>): boolean {
  if (given.reproducible !== undefined) return given.reproducible;
  const named = given.variant !== undefined && given.variant !== 'auto';
  return !named && recipe !== undefined && recipeOptions(recipe).reproducible;
}

type Json = Readonly<Record<string, unknown>>;

/** Checks a recipe that was read; throws OptionError with a sentence. */
export function parseRecipe(value: unknown): Recipe {
  const recipe = objectOf(value, 'it');
  refuseUnknown(recipe, 'it', FIELDS);
  const { version, corpus_sha256, corpus_bytes, base_sha256, options, changes } = recipe;
  if (typeof version !== 'string' || version === '') refuse('version', version);
  if (!isSha256(corpus_sha256)) refuse('corpus_sha256', corpus_sha256);
  if (!isWhole(corpus_bytes) || corpus_bytes === 0) refuse('corpus_bytes', corpus_bytes);
  if (base_sha256 !== undefined && !isSha256(base_sha256)) refuse('base_sha256', base_sha256);
  if (changes !== undefined && !Array.isArray(changes)) refuse('changes', changes);
  checkOptions(options, RECIPE_OPTIONS);
  let last = 0;
  for (const item of (changes ?? []) as unknown[]) {
    const change = objectOf(item, 'a change');
    refuseUnknown(change, 'a change', CHANGE_FIELDS);
    const { step } = change;
    if (!isWhole(step) || step < last) refuse('step', step);
    if (![undefined, true].includes(change['extended'] as undefined)) refuse('extended', change['extended']);
    checkOptions(change['options'], CHANGEABLE);
    last = step + 1;
  }
  return recipe as unknown as Recipe;
}

const FIELDS = ['version', 'corpus_sha256', 'corpus_bytes', 'base_sha256', 'options', 'changes'];
const CHANGE_FIELDS = ['step', 'extended', 'options'];

function refuse(name: string, value: unknown): never {
  throw new OptionError(
    `This is not a recipe of mini-llm: its ${name} is ${JSON.stringify(value) ?? 'missing'}.`,
  );
}

function objectOf(value: unknown, what: string): Json {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Json;
  throw new OptionError(`This is not a recipe of mini-llm: ${what} is not a JSON object.`);
}

function refuseUnknown(object: Json, what: string, known: readonly string[]): void {
  const unknown = Object.keys(object).find((name) => !known.includes(name));
  if (unknown !== undefined)
    throw new OptionError(
      `This is not a recipe that this version of mini-llm (${VERSION}) can read: ${what} has "${unknown}".`,
    );
}

function isSha256(value: unknown): boolean {
  return typeof value === 'string' && /^[0-9a-f]{64}$/.test(value);
}

function isWhole(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}

function checkOptions(value: unknown, allowed: readonly OptionName[]): void {
  const options = objectOf(value, 'its "options"');
  for (const [name, setting] of Object.entries(options)) {
    if (!isOptionName(name) || !allowed.includes(name)) {
      refuseUnknown(options, 'its "options"', allowed);
      continue;
    }
    const problem = valueProblem(name, setting);
    if (problem !== undefined) throw new OptionError(`In this recipe, ${problem}`);
  }
}
