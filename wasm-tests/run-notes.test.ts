// Options that are allowed but pointless get a note before a run starts.

import type { Options } from '../web/engine/options.ts';
import { PRESETS, presetOptions } from '../web/engine/presets.ts';
import { runNotes } from '../web/engine/run-notes.ts';

const LONG = 1_000_000;
const base = presetOptions('standard', LONG);
const notes = (values: Partial<Options>, bytes = LONG): string[] => runNotes({ ...base, ...values }, bytes);

describe('notes on a run', () => {
  test.each(PRESETS.map(({ name }) => name))(
    'the preset %s needs none, for a short and a long text',
    (name) => {
      for (const bytes of [4000, 50_000, LONG, 100_000_000])
        expect(runNotes(presetOptions(name, bytes), bytes)).toEqual([]);
    },
  );

  test.each<[string, Partial<Options>, RegExp]>([
    [
      'a warm-up longer than the run',
      { warmup_steps: 1700 },
      /^The warm-up \(warmup_steps 1700\) .*max_steps 1600/,
    ],
    ['a warm-up as long as the run', { warmup_steps: 1600 }, /only rises and never falls/],
    ['no learning rate', { lr: 0, muon_lr: 0 }, /learn nothing/],
    ['no learning rate for AdamW', { lr: 0, optimizer: 'adamw' }, /learn nothing/],
    ['no learning rate beside Muon', { lr: 0 }, /embeddings and norms will learn nothing/],
    ['no learning rate of Muon', { muon_lr: 0 }, /muon_lr/],
    ['min_lr = lr', { min_lr: 0.02 }, /min_lr and lr are 0.02/],
    ['wsd without decay', { schedule: 'wsd', decay_fraction: 0 }, /decay_fraction/],
    ['weight decay that takes everything', { lr: 10, weight_decay: 0.1 }, /weight_decay \(0.1\)/],
    ['no validation, but patience', { val_fraction: 0 }, /val_fraction 0.*patience cannot/],
    [
      'validation after the end',
      { eval_every: 1601 },
      /only at the end \(eval_every 1601, max_steps 1600\), and patience/,
    ],
    ['validation at the end only', { eval_every: 0 }, /only at the end \(eval_every 0\), and patience/],
    ['patience that cannot trigger', { patience: 15 }, /^Patience \(patience 15\) cannot end the run early/],
    ['stop_at_step beyond the end', { stop_at_step: 1601 }, /never reaches stop_at_step 1601/],
    ['samples beyond the end', { sample_every: 1601 }, /sample_every/],
  ])('%s', (_what, values, said) => {
    expect(notes(values)).toEqual([expect.stringMatching(said)]);
  });

  test.each<[string, Partial<Options>]>([
    ['patience that can just trigger', { patience: 14 }],
    ['a warm-up that ends before the last step', { warmup_steps: 799 }],
    ['no validation and no patience', { val_fraction: 0, patience: 0 }],
    ['validation at the end only, without patience', { eval_every: 0, patience: 0 }],
  ])('%s: no note', (_what, values) => expect(notes(values)).toEqual([]));

  test('a byte text too short for validation gets a note', () => {
    const bytes = { ...presetOptions('nanogpt'), seq_len: 64 };
    expect(runNotes(bytes, 640)).toEqual([expect.stringMatching(/too short to set 64 tokens aside/)]);
    expect(runNotes(bytes, 650)).toEqual([]);
  });
});
