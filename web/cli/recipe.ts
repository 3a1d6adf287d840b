// train --recipe FILE: takes the options of a recipe, and checks that text and base model are those of its run.

import fs from 'node:fs';
import { sameText, type Corpus } from '../engine/corpus.ts';
import { sentence } from '../engine/errors.ts';
import { shortHash } from '../engine/format.ts';
import { readMetadata, weightsSha256 } from '../engine/metadata.ts';
import { bytesOfFile } from '../engine/safetensors.ts';
import { defaults, type Options } from '../engine/options.ts';
import { PRESETS } from '../engine/presets.ts';
import {
  CHANGEABLE,
  parseRecipe,
  picked,
  recipeOptions,
  savedRecipe,
  type Recipe,
  type RecipeChange,
} from '../engine/recipe.ts';
import { VERSION } from '../engine/version.ts';
import { EXIT, Failure, refuse } from './exit.ts';
import { readInput } from './files.ts';

/** Reads a recipe from its own file or from a model file. */
export function readRecipe(file: string): Recipe {
  if (!fs.existsSync(file) && PRESETS.some(({ name }) => name === file))
    refuse(`--recipe now reads the recipe of a run from a file; the preset is --preset ${file}.`);
  const bytes = readInput(file, 'a recipe or a saved model');
  const metadata = readMetadata(bytesOfFile(bytes));
  if (metadata && metadata['recipe'] === undefined)
    throw new Failure(
      `${file} holds no recipe: an earlier version saved it, or only its weights were saved.`,
    );
  try {
    return parseRecipe(metadata ? metadata['recipe'] : JSON.parse(new TextDecoder().decode(bytes)));
  } catch (error) {
    const why = error instanceof SyntaxError ? 'It is neither JSON nor a saved model.' : sentence(error);
    throw new Failure(`${file}: ${why}`, EXIT.error, error);
  }
}

/** The recipe of a saved model; undefined if it has none. */
export function recipeIn(model: Uint8Array): Recipe | undefined {
  return savedRecipe(readMetadata(bytesOfFile(model)) ?? {});
}

/** The options to begin with: the flags over the recipe's. Those of a fine-tuned model's shape are in its base model. */
export function startOptions(recipe: Recipe, asked: Partial<Options>): Partial<Options> {
  const { options, base_sha256, changes = [] } = recipe;
  const atOnce = Object.assign(
    {},
    ...changes.filter(({ step }) => step === 0).map((c) => c.options),
  ) as object;
  const all = { ...options, ...atOnce };
  const own = base_sha256 === undefined ? { ...defaults(), ...all } : picked(CHANGEABLE, all);
  return stopBefore(laterChanges(recipe)[0], { ...own, ...asked });
}

/** The changes of a recipe after the first step. */
export function laterChanges(recipe: Recipe | undefined): readonly RecipeChange[] {
  return (recipe?.changes ?? []).filter(({ step }) => step > 0);
}

/** Options with which a run stops where the next change applies, unless it stops before or ends there by itself. */
export function stopBefore(next: RecipeChange | undefined, options: Partial<Options>): Partial<Options> {
  if (next === undefined || next.extended) return options;
  const { stop_at_step = 0 } = options;
  return { ...options, stop_at_step: stop_at_step === 0 ? next.step : Math.min(stop_at_step, next.step) };
}

/** The recipe's own text; with --other_text any text. */
export function textOf({ corpus_sha256 }: Recipe, corpus: Corpus, otherText: boolean): Corpus {
  const found = sameText(
    corpus,
    corpus_sha256,
    (how) => `The recipe’s run was trained on this text ${how}, and so is this one.`,
  );
  if (found) return { ...found.same, notes: [...found.same.notes, ...found.notes] };
  const differs =
    `${corpus.name} is not the text of the recipe (its SHA-256 is ${shortHash(corpus.sha256)}, ` +
    `the recipe’s ${shortHash(corpus_sha256)})`;
  if (otherText)
    return { ...corpus, notes: [...corpus.notes, `${differs}, so the result will be another one.`] };
  refuse(`${differs}; give that text, or add --other_text to train on this one.`);
}

/** Refuses another base model than the recipe's. */
export function checkBase({ base_sha256 }: Recipe, model: Uint8Array | undefined): void {
  if (base_sha256 === undefined) {
    if (model) refuse('This recipe begins with a new model, so --init_from cannot be combined with it.');
    return;
  }
  if (!model)
    refuse(
      `This recipe fine-tunes a model (SHA-256 of its weights ${shortHash(base_sha256)}); name it with --init_from.`,
    );
  const found = weightsSha256(model);
  if (found !== base_sha256)
    refuse(
      `The model of --init_from is not the one that this recipe fine-tunes (the SHA-256 of its weights is ` +
        `${shortHash(found)}, the recipe’s ${shortHash(base_sha256)}).`,
    );
}

/** Sentences about what may keep the repeated run from ending at the same bits. */
export function recipeNotes(recipe: Recipe, reproducible: boolean): string[] {
  const { version } = recipe;
  const notes: string[] = [];
  if (version === 'unknown')
    notes.push(
      'The recipe was made while an older file was resumed, so how its run began is not known for sure.',
    );
  else if (version !== VERSION)
    notes.push(
      `The recipe’s run began with mini-llm ${version} and this is ${VERSION}: if training has changed in between, so will the result.`,
    );
  if (!recipeOptions(recipe).reproducible && !reproducible)
    notes.push(
      'The recipe’s run was not reproducible: it ends at the same bits only on the same kind of processor.',
    );
  return notes;
}
