// A run that is stopped and resumed ends at the same file as one that is not, on one thread and on two, with everything that
// holds state: gradient accumulation, dropout, Muon, LoRA, early stopping, byte-pair encoding.

import { makeCorpus } from '../web/engine/corpus.ts';
import { loadNodeEngine } from '../web/engine/node.ts';
import type { Options } from '../web/engine/options.ts';
import { prepareFinetune, prepareResume } from '../web/engine/prepare.ts';
import { parseRecipe } from '../web/engine/recipe.ts';
import { Run } from '../web/engine/run.ts';
import { sha256, tiny, trained } from './helpers/engine.ts';
import { figure } from './helpers/figures.ts';
import { resumedHash, wholeHash } from './helpers/resume.ts';
import { beginCase, RESUME_CASES, RESUME_TEXT, resumeSetUp } from './helpers/resume-cases.ts';

const CORPUS = makeCorpus(RESUME_TEXT);

const set = resumeSetUp();

test.each(RESUME_CASES)('with $what', async (which) => {
  const { text, stop_at_step } = which;
  const whole = await wholeHash(beginCase(which, set.one, set.base));
  expect(await wholeHash(beginCase(which, set.two, set.base))).toBe(whole);
  for (const [first, second] of [
    [set.one, set.two],
    [set.two, set.one],
  ] as const)
    expect(await resumedHash(beginCase(which, first, set.base), second, makeCorpus(text), stop_at_step)).toBe(
      whole,
    );
  figure(`in Node, on 1 and 2 threads ${whole}`);
});

describe('options changed on the way', () => {
  /** Trains to step 7, resumes with `given`, and returns the recipe of the file. */
  async function changed(given: Partial<Options>, engine = set.one): Promise<unknown> {
    const { run } = await trained(set.one, CORPUS, tiny({ stop_at_step: 7 }));
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
    const { run } = await trained(set.one, CORPUS, tiny({ stop_at_step: 5 }));
    let file = run.save();
    await run.delete();
    const goOn = async (given: Partial<Options>): Promise<void> => {
      const part = new Run(set.one, prepareResume(set.one, file, given, CORPUS));
      if (given.stop_at_step !== undefined) await part.start();
      file = part.save();
      await part.delete();
    };
    await goOn({ lr: 0.02, stop_at_step: 8 });
    await goOn({ lr: 0.04 }); // saved again without a step
    await goOn({ lr: 0.03, stop_at_step: 11 });
    expect(set.one.checkpointInfo(file).recipe).toMatchObject({
      options: { lr: 0.01 },
      changes: [
        { step: 5, options: { lr: 0.02 } },
        { step: 8, options: { lr: 0.03 } },
      ],
    });
  });

  test('a build with other last bits is a change, and a note says so', async () => {
    const relaxed = await loadNodeEngine({ variant: 'relaxed' });
    const { run } = await trained(set.one, CORPUS, tiny({ stop_at_step: 7 }));
    const prepared = prepareResume(relaxed, run.save(), {}, CORPUS);
    expect(prepared.recipe.changes).toEqual([{ step: 7, options: { reproducible: false } }]);
    expect(prepared.notes[0]).toMatch(/^The run so far was reproducible; from step 7 on .* relaxed build/);
    prepared.trainer.delete();
    await run.delete();
  });
});

test('a fine-tuned run names its base model by the weights alone', async () => {
  using model = set.one.loadModel(set.base);
  const bases = [set.base, model.save()].map((file) => {
    const { trainer, recipe } = prepareFinetune(set.one, file, {}, CORPUS);
    trainer.delete();
    return recipe.base_sha256;
  });
  expect(bases[0]).toMatch(/^[0-9a-f]{64}$/);
  expect(bases[1]).toBe(bases[0]);
  expect(bases[0]).not.toBe(sha256(set.base));
});
