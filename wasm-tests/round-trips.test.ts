// What is written is read back unchanged, for values that fast-check invents: options, recipes, numbers, texts, models.

import { Command } from 'commander';
import fc from 'fast-check';
import { Tokenizer as Reference } from 'tokenizers';
import { canonicalArgv } from '../web/cli/argv.ts';
import { givenOptions } from '../web/cli/flags.ts';
import { addTrain } from '../web/cli/train.ts';
import { presetFor, type Flags } from '../web/cli/train-plan.ts';
import { makeCorpus, type Corpus } from '../web/engine/corpus.ts';
import type { Engine } from '../web/engine/engine.ts';
import { exportModel } from '../web/engine/export/export.ts';
import { formatCount } from '../web/engine/format.ts';
import { learnTokenizer } from '../web/engine/learn-tokenizer.ts';
import { readNumber } from '../web/engine/numbers.ts';
import {
  OPTIONS,
  optionSpec,
  type OptionName,
  type Options,
  type OptionSpec,
} from '../web/engine/options.ts';
import { prepareResume } from '../web/engine/prepare.ts';
import {
  CHANGEABLE,
  RECIPE_OPTIONS,
  parseRecipe,
  picked,
  recipeOptions,
  type Recipe,
} from '../web/engine/recipe.ts';
import { fragmentRecipe, recipeCommands, recipeFragment, recipeJson } from '../web/engine/recipe-text.ts';
import { tokenizerJson } from '../web/engine/tokenizer-json.ts';
import { optionText, parseOption } from '../web/engine/validate.ts';
import { ggufArrays, npzArrays, safetensorsArrays, type Arrays } from './helpers/arrays.ts';
import { fingerprint, sharedEngine, tiny, trained } from './helpers/engine.ts';
import { english } from './helpers/texts.ts';

let engine: Engine;
beforeAll(async () => (engine = await sharedEngine()));

/** JSON and text have no -0. */
const withoutMinusZero = (value: number): number => (value === 0 ? 0 : value);

/** Values that the option allows. */
function valueOf({ type, min = 0, max = 1e9, above, choices = [] }: OptionSpec): fc.Arbitrary<unknown> {
  switch (type) {
    case 'int':
      return fc.integer({ min, max });
    case 'float':
      return fc
        .double({ min: above ?? min, minExcluded: above !== undefined, max, noNaN: true })
        .map(withoutMinusZero);
    case 'bool':
      return fc.boolean();
    case 'choice':
      return fc.constantFrom(...choices);
    case 'string':
      return fc.string({ unit: 'grapheme' });
    case 'strings':
      return fc.array(fc.string({ unit: 'grapheme', minLength: 1 }), { minLength: 1 });
    case 'interval':
      return fc
        .tuple(fc.integer({ min: 1, max: 1000 }), fc.constantFrom('', 's', ' min', 'h'))
        .map(([n, unit]) => `${n}${unit}`);
  }
}

function valuesOf(names: readonly OptionName[], requiredKeys: OptionName[]): fc.Arbitrary<Partial<Options>> {
  const rows = names.map((name) => [name, valueOf(optionSpec(name))] as const);
  return fc.record(Object.fromEntries(rows), { requiredKeys: requiredKeys as never[] });
}

const sha256 = fc.string({ unit: fc.constantFrom(...'0123456789abcdef'), minLength: 64, maxLength: 64 });

/** The recipe of a new model. The byte tokenizer ignores vocab_size. */
const newRecipes: fc.Arbitrary<Recipe> = fc.record({
  version: fc.constant('1.2.3'),
  corpus_sha256: sha256,
  corpus_bytes: fc.integer({ min: 1, max: 1e9 }),
  options: valuesOf(RECIPE_OPTIONS, [...RECIPE_OPTIONS]).map(({ vocab_size, ...options }) =>
    options.tokenizer === 'bpe' ? { ...options, vocab_size: vocab_size! } : options,
  ),
});

const anyRecipes: fc.Arbitrary<Recipe> = fc
  .tuple(
    newRecipes,
    fc.uniqueArray(fc.integer({ min: 0, max: 1e6 }), { maxLength: 3 }),
    valuesOf(CHANGEABLE, []),
    fc.option(sha256, { nil: undefined }),
  )
  .map(([recipe, steps, options, base_sha256]) => ({
    ...recipe,
    ...(base_sha256 === undefined ? {} : { base_sha256 }),
    changes: steps.sort((a, b) => a - b).map((step) => ({ step, options })),
  }));

describe('options', () => {
  test.each(OPTIONS.map(({ name }) => name))('%s as text', (name) => {
    fc.assert(
      fc.property(valueOf(optionSpec(name)), (value) => {
        expect(parseOption(name, optionText(value as Options[OptionName]))).toEqual(value);
      }),
    );
  });
});

describe('recipes', () => {
  test('as JSON', () => {
    fc.assert(
      fc.property(anyRecipes, (recipe) => {
        expect(parseRecipe(JSON.parse(recipeJson(recipe)))).toEqual(recipe);
      }),
    );
  });

  test('as links, which hold the options of the end', () => {
    fc.assert(
      fc.property(anyRecipes, (recipe) => {
        const { version, corpus_sha256, corpus_bytes } = recipe;
        const url = new URL(recipeFragment(recipe), 'https://example.org/');
        const last = picked(Object.keys(recipe.options) as OptionName[], recipeOptions(recipe));
        expect(fragmentRecipe(url.hash)).toEqual({ version, corpus_sha256, corpus_bytes, options: last });
      }),
    );
  });

  test('as command lines', () => {
    const program = new Command().exitOverride();
    addTrain(program, () => undefined);
    let flags: Flags = {};
    program.commands[0]!.action((_: string, given: Flags) => void (flags = given));
    fc.assert(
      fc.property(newRecipes, (recipe) => {
        const [command, ...more] = recipeCommands(recipe);
        expect(more).toEqual([]);
        const argv = command!.split(' ').slice(2);
        program.parse(canonicalArgv(argv, program), { from: 'user' });
        const given = givenOptions(flags as Readonly<Record<string, unknown>>);
        const corpus = { bytes: { length: recipe.corpus_bytes } } as Corpus;
        const options = { ...presetFor(flags, given, corpus), ...given };
        expect(picked(Object.keys(recipe.options) as OptionName[], options)).toEqual(recipe.options);
      }),
    );
  });
});

describe('numbers', () => {
  const whole = fc.integer({ min: -1e9, max: 1e9 }).map(withoutMinusZero);
  /** Languages that group digits by three. */
  const LANGUAGES = ['en', 'de', 'de-CH', 'fr', 'es', 'ru', 'ar-EG', 'fa', 'ko', 'ja'];

  test('whole ones as people write them in many languages', () => {
    fc.assert(
      fc.property(whole, fc.constantFrom(...LANGUAGES), (n, language) => {
        expect([n, { either: [n, n / 1000] }]).toContainEqual(readNumber(n.toLocaleString(language), true));
      }),
    );
  });

  test('fractions as people write them: the same number, or both readings where there are two', () => {
    const places = fc.integer({ min: 0, max: 6 });
    fc.assert(
      fc.property(whole, places, fc.constantFrom(...LANGUAGES), (n, decimals, language) => {
        const value = withoutMinusZero(n / 10 ** decimals);
        const text = value.toLocaleString(language, { maximumFractionDigits: decimals });
        const read = readNumber(text, false);
        expect(typeof read === 'object' ? read.either : [read]).toContain(value);
      }),
    );
  });

  test('counts as the page writes them', () => {
    fc.assert(fc.property(whole, (n) => expect(readNumber(formatCount(n), true)).toBe(n)));
  });
});

describe('texts as tokens', () => {
  const anyBytes = fc.uint8Array({ maxLength: 300 });
  const anyText = fc.string({ unit: 'grapheme', maxLength: 200 });
  const learned = async (text: string, vocab_size: number) =>
    learnTokenizer(engine, { tokenizer: 'bpe', vocab_size, val_fraction: 0 }, makeCorpus(text));
  const vocabulary = fc.integer({ min: 257, max: 400 });

  test('any bytes', async () => {
    await fc.assert(
      fc.asyncProperty(anyText, anyBytes, vocabulary, async (text, bytes, size) => {
        using tokenizer = await learned(english(300) + text, size);
        const pieces = [...tokenizer.encode(bytes)].map((token) => tokenizer.decode(token));
        expect(Buffer.concat(pieces).equals(bytes)).toBe(true);
      }),
    );
  });

  test('any text gets the ids of Hugging Face’s tokenizers', async () => {
    await fc.assert(
      fc.asyncProperty(anyText, vocabulary, async (text, size) => {
        using tokenizer = await learned(english(500) + text, size);
        const reference = Reference.fromString(tokenizerJson(tokenizer.merges()));
        expect([...tokenizer.encode(text)]).toEqual((await reference.encode(text)).getIds());
      }),
      { numRuns: 50 },
    );
  });
});

describe('models', () => {
  const shapes = fc
    .record({
      arch: fc.constantFrom('gpt2', 'qwen3'),
      heads: fc.constantFrom([1, 1], [2, 2], [3, 1], [4, 2]),
      pairs: fc.integer({ min: 1, max: 5 }),
      n_layer: fc.integer({ min: 1, max: 2 }),
      seq_len: fc.integer({ min: 1, max: 12 }),
      vocab_size: fc.constantFrom(undefined, 257, 280),
      optimizer: fc.constantFrom('adamw', 'muon'),
      grad_accum: fc.integer({ min: 1, max: 2 }),
      seed: fc.nat(),
    })
    .map(({ arch, heads: [n_head = 1, n_kv_head = 1], pairs, vocab_size, ...rest }) =>
      tiny({
        ...rest,
        arch,
        n_head,
        n_kv_head: arch === 'qwen3' ? n_kv_head : 0,
        n_embd: n_head * 2 * pairs,
        ...(vocab_size === undefined ? {} : { tokenizer: 'bpe', vocab_size }),
        stop_at_step: 1,
      }),
    );
  const corpus = makeCorpus(english(700));

  async function saved(options: Options): Promise<Uint8Array> {
    const { run } = await trained(engine, corpus, options);
    const file = run.save();
    await run.delete();
    return file;
  }

  const sorted = (arrays: Arrays): Float32Array =>
    Float32Array.from(Object.values(arrays).flatMap((array) => [...array])).sort();
  const exported = (file: Uint8Array, to: string, name: string): Uint8Array =>
    exportModel(engine, file, { name: 'x', to } as never).files.find((each) => each.name === name)!
      .content as Uint8Array;

  test('saved, loaded and saved again, as runs and as models', async () => {
    await fc.assert(
      fc.asyncProperty(shapes, async (options) => {
        const file = await saved(options);
        const { trainer } = prepareResume(engine, file, {}, corpus);
        expect(fingerprint(trainer.save())).toBe(fingerprint(file));
        trainer.delete();
        using model = engine.loadModel(file);
        const weights = model.save();
        using again = engine.loadModel(weights);
        expect(fingerprint(again.save())).toBe(fingerprint(weights));
      }),
      { numRuns: 15 },
    );
  });

  test('hold the same weights in every format', async () => {
    await fc.assert(
      fc.asyncProperty(shapes, async (options) => {
        const file = await saved(options);
        using model = engine.loadModel(file);
        const weights = safetensorsArrays(model.save());
        expect(safetensorsArrays(exported(file, 'hf', 'model.safetensors'))).toEqual(weights);
        expect(npzArrays(exported(file, 'npz', 'x.npz'))).toEqual(weights);
        // Under other names, and partly transposed.
        expect(sorted(ggufArrays(exported(file, 'gguf', 'x-f32.gguf')))).toEqual(sorted(weights));
      }),
      { numRuns: 15 },
    );
  });
});
