// Recipes: their schema, the command line, the JSON and the link that hold them, and what is refused.

import fs from 'node:fs';
import Ajv2020 from 'ajv/dist/2020.js';
import { makeCorpus } from '../web/engine/corpus.ts';
import type { Engine } from '../web/engine/engine.ts';
import { prepareFinetune, prepareResume } from '../web/engine/prepare.ts';
import { PRESETS, presetOptions } from '../web/engine/presets.ts';
import { RECIPE_OPTIONS, newRecipe, parseRecipe, recipeOptions, type Recipe } from '../web/engine/recipe.ts';
import { recipeSchema } from '../web/engine/recipe-schema.ts';
import { fragmentRecipe, recipeCommands, recipeFragment, recipeJson } from '../web/engine/recipe-text.ts';
import { VERSION } from '../web/engine/version.ts';
import { sharedEngine, tiny, trained } from './helpers/engine.ts';
import { english } from './helpers/texts.ts';

const CORPUS = makeCorpus(english(3000));
const LONG = makeCorpus(english(600_000));
const SCHEMA = JSON.parse(fs.readFileSync('docs/recipe.schema.json', 'utf8')) as object;
const validate = new Ajv2020({ strict: true }).compile(SCHEMA);

let engine: Engine;
/** Recipes of real files: new, fine-tuned, and changed during the run. */
const real: Record<string, Recipe> = {};
beforeAll(async () => {
  engine = await sharedEngine();
  const { run } = await trained(engine, CORPUS, tiny({ stop_at_step: 5, seed: 7 }));
  const file = run.save();
  await run.delete();
  const bpe = await trained(engine, CORPUS, tiny({ tokenizer: 'bpe', vocab_size: 300, max_steps: 1 }));
  const recipeOf = (bytes: Uint8Array): Recipe => engine.checkpointInfo(bytes).recipe as Recipe;
  real['new'] = recipeOf(file);
  real['bpe'] = recipeOf(bpe.run.save());
  await bpe.run.delete();
  const changed = prepareResume(engine, file, { max_steps: 30, lr: 0.02 }, CORPUS).trainer;
  real['changed'] = recipeOf(changed.save());
  changed.delete();
  const tuned = prepareFinetune(engine, file, { lora_rank: 2, lr: 0.001 }, CORPUS).trainer;
  real['finetuned'] = recipeOf(tuned.save());
  tuned.delete();
});

const CASES = ['new', 'bpe', 'changed', 'finetuned'];

describe('the published schema', () => {
  test('is the one of the table of options; if not, run "npm run recipe-schema"', () => {
    expect(SCHEMA).toEqual(recipeSchema());
  });

  test.each(CASES)('accepts the recipe of a real file: %s', (which) => {
    validate(real[which]);
    expect(validate.errors).toBeNull();
  });

  test.each<[string, object]>([
    ['another field', { text: 'secret' }],
    ['no hash', { corpus_sha256: 'none' }],
    ['an option out of range', { options: { lr: -1 } }],
    ['an option that decides nothing', { options: { threads: 2 } }],
    ['a choice that does not exist', { options: { arch: 'gpt3' } }],
    ['a change of the shape', { changes: [{ step: 3, options: { n_layer: 2 } }] }],
    ['a change without a step', { changes: [{ options: {} }] }],
    ['an empty version', { version: '' }],
    ['a text without bytes', { corpus_bytes: 0 }],
  ])('and the program refuse %s', (_, wrong) => {
    const recipe = { ...real['new'], ...wrong };
    expect(validate(recipe)).toBe(false);
    expect(() => parseRecipe(recipe)).toThrow(/recipe.*\.$/);
  });
});

test('holds the version, the text’s hash and every option that decides the result, and no others', () => {
  const { version, corpus_sha256, corpus_bytes, options } = real['bpe']!;
  expect({ version, corpus_sha256, corpus_bytes }).toEqual({
    version: VERSION,
    corpus_sha256: CORPUS.sha256,
    corpus_bytes: 3000,
  });
  expect(VERSION).toMatch(/^\d+\.\d+\.\d+$/);
  expect(Object.keys(options).sort()).toEqual([...RECIPE_OPTIONS].sort());
  expect(options).toMatchObject({ seed: 1337, vocab_size: 300, reproducible: true, dropout: 0 });
});

test('a vocabulary that the byte tokenizer ignores is not in it', () => {
  expect(real['new']!.options).not.toHaveProperty('vocab_size');
});

describe('as a command line', () => {
  test('names only what differs from the nearest preset', () => {
    const recipe = newRecipe({ ...presetOptions('quick', 3000), seed: 7, lr: 0.01 }, true, CORPUS);
    expect(recipeCommands(recipe)).toEqual([
      'npx mini-llm train text.txt --preset quick --lr 0.01 --seed 7 --reproducible',
    ]);
  });

  test.each(PRESETS.map(({ name }) => name))('the preset %s needs nothing else', (name) => {
    for (const corpus of [CORPUS, LONG])
      expect(recipeCommands(newRecipe(presetOptions(name, corpus.bytes.length), false, corpus))).toEqual([
        `npx mini-llm train text.txt${name === 'standard' ? '' : ` --preset ${name}`}`,
      ]);
  });

  test('a fine-tuned model begins with its base', () => {
    expect(recipeCommands(real['finetuned']!)).toEqual([
      'npx mini-llm train text.txt --init_from base.safetensors --lr 0.001 --lora_rank 2 --reproducible',
    ]);
  });

  test('changes are further lines', () => {
    const [first, second, ...more] = recipeCommands(real['changed']!);
    expect(first).toMatch(
      /^npx mini-llm train text\.txt --preset nanogpt .* --seed 7 .*--stop_at_step 5 --out model\.safetensors$/,
    );
    expect(second).toBe('npx mini-llm train text.txt --resume model.safetensors --max_steps 30 --lr 0.02');
    expect(more).toEqual([]);
  });
});

describe('as JSON', () => {
  test.each(CASES)('is the recipe: %s', (which) => {
    const recipe = real[which]!;
    expect(parseRecipe(JSON.parse(recipeJson(recipe)))).toEqual(recipe);
    expect(recipeJson(recipe).length).toBeLessThan(2000);
  });
});

describe('as a link', () => {
  test.each(['new', 'bpe'])('gives the same recipe: %s', (which) => {
    const recipe = real[which]!;
    const fragment = recipeFragment(recipe);
    expect(fragmentRecipe(fragment)).toEqual(recipe);
    expect(new URL(fragment, 'https://example.org/page/').hash).toBe(fragment);
    expect(fragment.length).toBeLessThan(1500);
  });

  test('has the options of the end if they changed', () => {
    expect(fragmentRecipe(recipeFragment(real['changed']!))?.options).toMatchObject({
      max_steps: 30,
      lr: 0.02,
    });
  });

  test('never holds the text', () => {
    for (const word of ['cat', 'aunt', 'king']) expect(recipeFragment(real['new']!)).not.toContain(word);
  });

  test('another fragment is none, and a damaged one is refused with a sentence', () => {
    expect(fragmentRecipe('')).toBeUndefined();
    expect(fragmentRecipe('#settings-title')).toBeUndefined();
    const fragment = recipeFragment(real['new']!);
    for (const [from, to] of [
      ['lr=0.01', 'lr=much'],
      ['lr=0.01', 'lr=-1'],
      ['seed=7', 'prompt=the+text'],
      [CORPUS.sha256, 'none'],
      ['corpus_bytes=3000', 'corpus_bytes=x'],
    ] as const) {
      expect(fragment).toContain(from);
      expect(() => fragmentRecipe(fragment.replace(from, to))).toThrow(/\.$/);
    }
  });
});

test('options that do not decide the result are in no recipe', () => {
  for (const name of [
    'threads',
    'variant',
    'save_every',
    'keep',
    'sample_every',
    'stop_at_step',
    'temp',
  ] as const)
    expect(RECIPE_OPTIONS).not.toContain(name);
  expect(recipeOptions(real['changed']!)).toMatchObject({ max_steps: 30, lr: 0.02, seed: 7 });
});
