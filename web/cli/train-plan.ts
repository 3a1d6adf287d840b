// The plan of mini-llm train: what the flags and the files that they name ask for. The core checks the rest.

import { defaults, type Options } from '../engine/options.ts';
import type { Corpus } from '../engine/corpus.ts';
import { DEFAULT_PRESET, presetOptions, type PresetName } from '../engine/presets.ts';
import { staysReproducible, type Recipe } from '../engine/recipe.ts';
import { checked } from '../engine/validate.ts';
import { refuse } from './exit.ts';
import { givenOptions, withUsageErrors } from './flags.ts';
import { isForeign, readModel } from './model-input.ts';
import { readText, withPromptFile, type PromptFlags, type TextFlags } from './inputs.ts';
import { claimFreeName, claimOutputs, type Input, type Output } from './outputs.ts';
import { checkBase, readRecipe, recipeIn, startOptions, textOf } from './recipe.ts';

export interface Flags extends PromptFlags, TextFlags {
  out?: string;
  resume?: string;
  init_from?: string;
  preset?: PresetName;
  recipe?: string;
  other_text?: true;
  out_last?: string;
  force?: true;
  json?: true;
  profile?: true;
}

/** The parsed command line; the core checks the rest. */
export interface Plan {
  corpusFile: string;
  corpus: Corpus;
  /** The options of the flags. */
  asked: Partial<Options>;
  /** The options of the flags and of the recipe. */
  given: Partial<Options>;
  options: Options;
  /** The model file of --resume or --init_from. */
  saved: { file: string; bytes: Uint8Array } | undefined;
  /** The recipe of --recipe. */
  recipe: Recipe | undefined;
  out: string;
  flags: Flags;
}

export async function makePlan(corpusFile: string, flags: Flags): Promise<Plan> {
  checkFlags(corpusFile, flags);
  const asked = await withPromptFile(givenOptions(flags as Readonly<Record<string, unknown>>), flags);
  const out = await claimOut(corpusFile, flags);
  const text = await readText(corpusFile, flags);
  const recipe = flags.recipe === undefined ? undefined : readRecipe(flags.recipe);
  const corpus = recipe ? textOf(recipe, text, flags.other_text === true) : text;
  const file = flags.resume ?? flags.init_from;
  const saved = file === undefined ? undefined : { file, bytes: await readSaved(file, asked) };
  if (recipe) checkBase(recipe, saved?.bytes);
  const given = recipe ? startOptions(recipe, asked) : asked;
  const base = file === undefined && !recipe ? presetFor(flags, given, corpus) : defaults();
  const options = file === undefined ? withUsageErrors(() => checked(base, given)) : { ...base, ...given };
  // The options of a saved model replace the defaults, so prepare() checks them; but the build is chosen before.
  if (flags.resume !== undefined && saved)
    options.reproducible = staysReproducible(recipeIn(saved.bytes), given);
  return { corpusFile, corpus, asked, given, options, saved, recipe, out, flags };
}

/** The model to start from. One of another program takes the context length that is asked for. */
async function readSaved(file: string, { seq_len }: Partial<Options>): Promise<Uint8Array> {
  return readModel(file, seq_len === undefined ? {} : { seq_len });
}

/** Locks the output files and returns where the model will be saved. */
async function claimOut(
  corpusFile: string,
  { out, out_last, resume, init_from, recipe, force }: Flags,
): Promise<string> {
  const flag = out === undefined ? '--resume' : '--out';
  const inputs: Input[] = [{ what: 'the text', file: corpusFile }];
  if (init_from !== undefined) inputs.push({ what: 'the model of --init_from', file: init_from });
  if (resume !== undefined) inputs.push({ what: 'the model of --resume', file: resume, replacedBy: flag });
  if (recipe !== undefined) inputs.push({ what: 'the recipe', file: recipe });
  const named = out ?? resume;
  const outputs: Output[] = [];
  if (named !== undefined) outputs.push({ flag, file: named, kind: 'model' });
  if (out_last !== undefined) outputs.push({ flag: '--out_last', file: out_last, kind: 'model' });
  await claimOutputs(outputs, inputs, force);
  return named ?? claimFreeName('model.safetensors');
}

/** The options of the preset. --vocab_size implies bpe, even for a short text; --start_from implies the preset made for it. */
export function presetFor({ preset }: Flags, given: Partial<Options>, { bytes }: Corpus): Options {
  const usual = given.start_from === 'english' ? 'english' : DEFAULT_PRESET;
  const options = presetOptions(preset ?? usual, bytes.length);
  return given.vocab_size === undefined ? options : { ...options, tokenizer: 'bpe' };
}

function checkFlags(
  corpusFile: string,
  { resume, init_from, preset, recipe, other_text, prompt_file }: Flags,
): void {
  if (corpusFile === '-' && prompt_file === '-')
    refuse('Standard input cannot be both the text and the prompt; read one of them from a file.');
  if (resume !== undefined && init_from !== undefined)
    refuse('--init_from and --resume cannot be combined: one begins a new run, the other continues one.');
  if (resume !== undefined && isForeign(resume))
    refuse(
      `${resume} is a model of another program, which holds no run that could continue; train it with --init_from.`,
    );
  if (recipe !== undefined && (resume ?? preset) !== undefined)
    refuse(
      `--recipe and --${resume === undefined ? 'preset' : 'resume'} cannot be combined: each says with which options to begin.`,
    );
  if (other_text && recipe === undefined)
    refuse('--other_text is for --recipe: it lets a recipe train on another text than its own.');
  if (preset !== undefined && (resume ?? init_from) !== undefined)
    refuse(
      `--preset is for new models and cannot be combined with ${resume === undefined ? '--init_from' : '--resume'}.`,
    );
}
