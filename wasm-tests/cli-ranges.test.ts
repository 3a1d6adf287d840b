// Tests every option of every command at both ends of its range and beyond: the core accepts both ends, does not
// crash, and saves usable models.

import { makeCorpus } from '../web/engine/corpus.ts';
import type { Engine } from '../web/engine/engine.ts';
import { generateText } from '../web/engine/generate.ts';
import {
  OPTIONS,
  defaults,
  optionsOf,
  type OptionName,
  type Options,
  type OptionSpec,
} from '../web/engine/options.ts';
import { prepareFinetune, prepareTraining, type Prepared } from '../web/engine/prepare.ts';
import { Run } from '../web/engine/run.ts';
import { sampleOptions } from '../web/engine/convert.ts';
import { checked } from '../web/engine/validate.ts';
import { givenOptions } from '../web/cli/flags.ts';
import { cli, scratch } from './helpers/cli.ts';
import { sharedEngine, tiny } from './helpers/engine.ts';
import { english } from './helpers/texts.ts';
import fs from 'node:fs';
import path from 'node:path';

type Row = OptionSpec & { readonly name: OptionName };

const isNumber = ({ type }: Row): boolean => type === 'int' || type === 'float';

const NUMBERS = OPTIONS.filter(isNumber);

/** Both ends, as typed. */
const ENDS = NUMBERS.flatMap((row) =>
  [row.min!, row.max!].map((value) => [row.name, String(value)] as const),
);

function pastEnd({ type, min, max }: Row, end: 'min' | 'max'): string {
  const value = end === 'min' ? min! : max!;
  const little = type === 'int' ? 1 : 1e-6 * Math.max(1, Math.abs(value));
  return String(end === 'min' ? value - little : value + little);
}

const COMMANDS: Readonly<Record<string, { words: string[]; rows: readonly Row[] }>> = {
  train: { words: ['train', 'text.txt'], rows: optionsOf('model', 'train', 'finetune', 'sample', 'run') },
  generate: { words: ['generate', 'model.safetensors'], rows: optionsOf('sample') },
  bench: { words: ['bench'], rows: OPTIONS.filter(({ name }) => name === 'seed') },
};

const folder = scratch();
beforeAll(() => fs.writeFileSync(path.join(folder, 'text.txt'), english(3000)));

describe('values beyond a range', () => {
  test.each(Object.keys(COMMANDS).flatMap((name) => [[name, 'min'] as const, [name, 'max'] as const]))(
    'every option of %s refuses a value beyond its %s, all in one message',
    async (name, end) => {
      const { words, rows } = COMMANDS[name]!;
      const numbers = rows.filter(isNumber);
      const flags = numbers.flatMap((row) => [`--${row.name}`, pastEnd(row, end)]);
      const { code, stdout, stderr } = await cli([...words, ...flags], folder);
      expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
      for (const row of numbers)
        expect(stderr).toMatch(
          new RegExp(
            `--${row.name} must be a (whole )?number from ${row.min} to ${row.max}, not ${pastEnd(row, end)}\\.`,
          ),
        );
    },
  );

  test.each<[string[], RegExp]>([
    [['--threads', '65'], /--threads must be whole numbers from 1 to 64, not "65"/],
    [['--threads', '0'], /--threads/],
    [['--contexts', '1'], /--contexts must be whole numbers from 2 to 8192, not "1"/],
    [['--contexts', '8193'], /--contexts/],
    [['--seconds', '0'], /--seconds must be above zero, not "0"/],
    [['text.txt', '--time_to', '0'], /--time_to must be above zero, not "0"/],
    [['text.txt', '--time_to', '1', '--seeds', '0'], /--seeds must be whole numbers from 1 to 100, not "0"/],
    [['text.txt', '--time_to', '1', '--seeds', '101'], /--seeds/],
  ])('bench %j is refused', async (flags, sentence) => {
    const { code, stdout, stderr } = await cli(['bench', ...flags], folder);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toMatch(/^mini-llm: [^\n]*\.\n$/);
    expect(stderr).toMatch(sentence);
  });
});

/** Other options that make an end valid and its steps fast. */
const COMPANIONS: Readonly<Partial<Record<OptionName, Partial<Options>>>> = {
  min_lr: { lr: 1_000_000 },
  lr: { min_lr: 0 },
  vocab_size: { tokenizer: 'bpe' },
  n_head: { n_embd: 512 },
  n_kv_head: { arch: 'qwen3', n_head: 256, n_embd: 512 },
  n_embd: { n_head: 1, batch_size: 1 },
  seq_len: { batch_size: 1, n_embd: 2, n_head: 1, eval_every: 0 },
  batch_size: { n_embd: 2, n_head: 1, seq_len: 2 },
  grad_accum: { n_embd: 2, n_head: 1, seq_len: 2, batch_size: 1 },
  muon_lr: { optimizer: 'muon' },
  decay_fraction: { schedule: 'wsd' },
  freeze_layers: { n_layer: 256, n_embd: 2, n_head: 1 },
  lora_alpha: { lora_rank: 2 },
};

/** Refused for its memory and not for its range. */
const TOO_LARGE = new Set(['n_embd 16384', 'seq_len 65536']);

describe.each(ENDS)('--%s %s', (name, text) => {
  const text_bytes = name === 'seq_len' ? 80_000 : 3000;
  const options = (): Options =>
    checked(tiny({ max_steps: 2, ...COMPANIONS[name] }), givenOptions({ [name]: text }));
  const groups = OPTIONS.find((row) => row.name === name)!.groups;

  test('is parsed exactly', () => {
    expect(givenOptions({ [name]: text })).toEqual({ [name]: Number(text) });
  });

  if (groups.some((group) => group !== 'sample'))
    test('trains, or ends with an error message', async () => {
      const engine = await sharedEngine();
      const start = (): Promise<Prepared> =>
        prepare(engine, options(), groups.includes('finetune'), text_bytes);
      if (TOO_LARGE.has(`${name} ${text}`)) {
        await expect(start()).rejects.toThrow(/would need about .* of memory/);
        return;
      }
      const run = new Run(engine, await start(), { slice_ms: 1000 });
      run.on(({ event }) => {
        if (event === 'step') run.stop();
      });
      const end = await run.start();
      if (end.event === 'failed') expect(end.message).toMatch(/^[A-Z].*\.$/s);
      expect(end).not.toMatchObject({ crashed: true });
      if (end.step > 0) expect(engine.checkpointInfo(run.save()).config.seq_len).toBe(run.options.seq_len);
      await run.delete();
    });

  if (groups.includes('sample'))
    test('generates', async () => {
      const engine = await sharedEngine();
      const prepared = await prepareTraining(engine, tiny({ max_steps: 1 }), makeCorpus(english(3000)));
      const given = sampleOptions(
        checked({ ...defaults(), max_new_tokens: 30 }, givenOptions({ [name]: text })),
      );
      let tokens = 0;
      for await (const piece of generateText(engine, prepared.trainer.model(), given, 'the ')) {
        tokens = piece.tokens;
        if (tokens >= 20) break;
      }
      if (name === 'max_new_tokens' && text === '0') expect(tokens).toBe(0);
      else expect(tokens).toBeGreaterThanOrEqual(20);
      prepared.trainer.delete();
    });
});

/** Prepares a new model, or a fine-tuned one for options of fine-tuning. */
async function prepare(
  engine: Engine,
  options: Options,
  finetune: boolean,
  bytes: number,
): Promise<Prepared> {
  const corpus = makeCorpus(english(bytes));
  if (!finetune) return prepareTraining(engine, options, corpus);
  const { freeze_layers, lora_rank, lora_alpha, ...rest } = options;
  const base = await prepareTraining(engine, { ...rest, ...NOT_FINETUNED }, corpus);
  const saved = base.trainer.save();
  base.trainer.delete();
  return prepareFinetune(engine, saved, { freeze_layers, lora_rank, lora_alpha, max_steps: 2 }, corpus);
}

const NOT_FINETUNED = { freeze_layers: 0, lora_rank: 0, lora_alpha: defaults().lora_alpha };
