// A run that is stopped and resumed ends at the same file as one that is not, on one thread and on two, with everything that
// holds state: gradient accumulation, dropout, Muon, LoRA, early stopping, byte-pair encoding.

import { makeCorpus, type Corpus } from '../web/engine/corpus.ts';
import type { Engine } from '../web/engine/engine.ts';
import { loadNodeEngine } from '../web/engine/node.ts';
import type { Options } from '../web/engine/options.ts';
import { prepareFinetune, prepareResume } from '../web/engine/prepare.ts';
import { parseRecipe } from '../web/engine/recipe.ts';
import { Run } from '../web/engine/run.ts';
import { sha256, sharedEngine, tiny, trained } from './helpers/engine.ts';
import { resumedHash, wholeHash, type Begin } from './helpers/resume.ts';
import { english } from './helpers/texts.ts';

const CORPUS = makeCorpus(english(3000));
/** Its validation part is unlike the rest, so that training soon makes it worse. */
const OTHER_END = makeCorpus(english(2600) + 'zq'.repeat(200));

let one: Engine;
let two: Engine;
let base: Uint8Array;
beforeAll(async () => {
  one = await sharedEngine();
  two = await loadNodeEngine({ variant: 'threads', threads: 2 });
  const { run } = await trained(one, CORPUS, tiny({ n_layer: 2, max_steps: 30 }));
  base = run.save();
  await run.delete();
});
afterAll(() => two.close());

interface Case {
  what: string;
  options: Partial<Options>;
  corpus?: Corpus;
  finetune?: true;
  stop_at_step?: number;
}

const BPE: Partial<Options> = { tokenizer: 'bpe', vocab_size: 300 };
const IMPATIENT: Partial<Options> = { max_steps: 400, eval_every: 5, patience: 2 };

const CASES: readonly Case[] = [
  { what: 'gradient accumulation and dropout', options: { grad_accum: 3, dropout: 0.1 } },
  { what: 'Muon', options: { optimizer: 'muon', muon_lr: 0.03 } },
  { what: 'a byte-pair vocabulary', options: BPE },
  { what: 'LoRA', options: { lora_rank: 4, max_steps: 20 }, finetune: true },
  {
    what: 'LoRA over frozen layers',
    options: { lora_rank: 4, freeze_layers: 1, max_steps: 20 },
    finetune: true,
  },
  { what: 'early stopping', options: IMPATIENT, corpus: OTHER_END, stop_at_step: 12 },
  {
    what: 'all of them in Qwen3',
    options: {
      ...IMPATIENT,
      ...BPE,
      arch: 'qwen3',
      optimizer: 'muon',
      grad_accum: 2,
      dropout: 0.1,
      max_steps: 60,
    },
    corpus: OTHER_END,
    stop_at_step: 13,
  },
];

function begins({ options, corpus = CORPUS, finetune }: Case, engine: Engine): Begin {
  return async (given) => {
    const all = { ...options, ...given };
    if (!finetune) return trained(engine, corpus, tiny(all));
    const run = new Run(engine, prepareFinetune(engine, base, all, corpus));
    await run.start();
    return { run };
  };
}

test.each(CASES)('with $what', async (which) => {
  const { corpus = CORPUS, stop_at_step } = which;
  const whole = await wholeHash(begins(which, one));
  expect(await wholeHash(begins(which, two))).toBe(whole);
  for (const [first, second] of [
    [one, two],
    [two, one],
  ] as const)
    expect(await resumedHash(begins(which, first), second, corpus, stop_at_step)).toBe(whole);
});

describe('options changed on the way', () => {
  /** Trains to step 7, resumes with `given`, and returns the recipe of the file. */
  async function changed(given: Partial<Options>, engine = one): Promise<unknown> {
    const { run } = await trained(one, CORPUS, tiny({ stop_at_step: 7 }));
    const rest = new Run(engine, prepareResume(engine, run.save(), given, CORPUS));
    await rest.start();
    const { recipe } = engine.checkpointInfo(rest.save());
    expect(parseRecipe(recipe)).toEqual(rest.recipe);
    await Promise.all([run.delete(), rest.delete()]);
    return recipe;
  }

  test('are in the recipe with their step', async () => {
    expect(await changed({ lr: 0.02, stop_at_step: 9 })).toMatchObject({
      options: { lr: 0.01, seed: 1337, reproducible: true },
      changes: [{ step: 7, options: { lr: 0.02 } }],
    });
  });

  test('are absent if they do not decide the result', async () => {
    expect(
      await changed({ threads: 2, save_every: '5', sample_every: 3, stop_at_step: 8 }),
    ).not.toHaveProperty('changes');
  });

  test('leave the recipe of the start as it was, also after several changes', async () => {
    const { run } = await trained(one, CORPUS, tiny({ stop_at_step: 5 }));
    let file = run.save();
    await run.delete();
    const goOn = async (given: Partial<Options>): Promise<void> => {
      const part = new Run(one, prepareResume(one, file, given, CORPUS));
      if (given.stop_at_step !== undefined) await part.start();
      file = part.save();
      await part.delete();
    };
    await goOn({ lr: 0.02, stop_at_step: 8 });
    await goOn({ lr: 0.04 }); // saved again without a step
    await goOn({ lr: 0.03, stop_at_step: 11 });
    expect(one.checkpointInfo(file).recipe).toMatchObject({
      options: { lr: 0.01 },
      changes: [
        { step: 5, options: { lr: 0.02 } },
        { step: 8, options: { lr: 0.03 } },
      ],
    });
  });

  test('a build with other last bits is a change, and a note says so', async () => {
    const relaxed = await loadNodeEngine({ variant: 'relaxed' });
    const { run } = await trained(one, CORPUS, tiny({ stop_at_step: 7 }));
    const prepared = prepareResume(relaxed, run.save(), {}, CORPUS);
    expect(prepared.recipe.changes).toEqual([{ step: 7, options: { reproducible: false } }]);
    expect(prepared.notes[0]).toMatch(/^The run so far was reproducible; from step 7 on .* relaxed build/);
    prepared.trainer.delete();
    await run.delete();
  });
});

test('a fine-tuned run names its base model by the weights alone', async () => {
  using model = one.loadModel(base);
  const bases = [base, model.save()].map((file) => {
    const { trainer, recipe } = prepareFinetune(one, file, {}, CORPUS);
    trainer.delete();
    return recipe.base_sha256;
  });
  expect(bases[0]).toMatch(/^[0-9a-f]{64}$/);
  expect(bases[1]).toBe(bases[0]);
  expect(bases[0]).not.toBe(sha256(base));
});
