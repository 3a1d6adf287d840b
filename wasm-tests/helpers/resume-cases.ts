// Runs with everything that holds state between steps, to stop and resume.

import { makeCorpus } from '../../web/engine/corpus.ts';
import type { Engine } from '../../web/engine/engine.ts';
import { loadNodeEngine } from '../../web/engine/node.ts';
import type { Options } from '../../web/engine/options.ts';
import { prepareFinetune } from '../../web/engine/prepare.ts';
import { Run } from '../../web/engine/run.ts';
import { sharedEngine, tiny, trained } from './engine.ts';
import type { Begin } from './resume.ts';
import { english } from './texts.ts';

export interface ResumeCase {
  what: string;
  options: Partial<Options>;
  text: string;
  /** Fine-tunes the base model. */
  finetune?: true;
  /** Ends at a step that the losses decide. */
  ends_early?: true;
  stop_at_step?: number;
}

export const RESUME_TEXT = english(3000);
/** Its validation part is unlike the rest, so that training soon makes it worse. */
const OTHER_END = english(2600) + 'zq'.repeat(200);

const BPE: Partial<Options> = { tokenizer: 'bpe', vocab_size: 300 };
const IMPATIENT: Partial<Options> = { max_steps: 400, eval_every: 5, patience: 2 };
const LORA: Partial<Options> = { lora_rank: 4, max_steps: 20 };
const text = RESUME_TEXT;

export const RESUME_CASES: readonly ResumeCase[] = [
  { what: 'gradient accumulation and dropout', options: { grad_accum: 3, dropout: 0.1 }, text },
  { what: 'Muon', options: { optimizer: 'muon', muon_lr: 0.03 }, text },
  { what: 'a byte-pair vocabulary', options: BPE, text },
  { what: 'LoRA', options: LORA, text, finetune: true },
  { what: 'LoRA over frozen layers', options: { ...LORA, freeze_layers: 1 }, text, finetune: true },
  { what: 'early stopping', options: IMPATIENT, text: OTHER_END, ends_early: true, stop_at_step: 12 },
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
    text: OTHER_END,
    ends_early: true,
    stop_at_step: 13,
  },
];

export interface ResumeSetUp {
  /** Engines with one thread and with two. */
  one: Engine;
  two: Engine;
  /** The model that cases with `finetune` begin from. */
  base: Uint8Array;
}

/** Sets up what the tests of a file use; call at its top. */
export function resumeSetUp(): ResumeSetUp {
  const all = {} as ResumeSetUp;
  beforeAll(async () => {
    all.one = await sharedEngine();
    all.two = await loadNodeEngine({ variant: 'threads', threads: 2 });
    all.base = await baseModel(all.one);
  });
  afterAll(() => all.two.close());
  return all;
}

async function baseModel(engine: Engine): Promise<Uint8Array> {
  const { run } = await trained(engine, RESUME_TEXT, tiny({ n_layer: 2, max_steps: 30 }));
  const file = run.save();
  await run.delete();
  return file;
}

export function beginCase({ options, text, finetune }: ResumeCase, engine: Engine, base: Uint8Array): Begin {
  const corpus = makeCorpus(text);
  return async (given) => {
    const all = { ...options, ...given };
    if (!finetune) return trained(engine, corpus, tiny(all));
    const run = new Run(engine, prepareFinetune(engine, base, all, corpus));
    await run.start();
    return { run };
  };
}
