// The size of the core's download, and the memory that the core keeps.

import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import { findCore } from '../web/engine/built-core.ts';
import { modelConfig, sampleOptions, trainOptions } from '../web/engine/convert.ts';
import { makeCorpus } from '../web/engine/corpus.ts';
import { BUILT_VARIANTS, needs, type Variant } from '../web/engine/variants.ts';
import { loadNodeEngine } from '../web/engine/node.ts';
import { spoken, tiny } from './helpers/engine.ts';
import { english } from './helpers/texts.ts';

/** Wide builds are downloaded by no page unless they run faster there. */
const mostKB = (variant: Variant) => (needs(variant, 'wide') ? 176 : 170);

const { base, files } = findCore();
const read = (file: string) => readFileSync(new URL(file, base));
const sha256 = (content: string | Uint8Array) => createHash('sha256').update(content).digest('hex');

test.each(BUILT_VARIANTS)('the address of %s holds the hash of its content', (variant) => {
  const glue = files[variant]!;
  const content = sha256(read(glue)) + sha256(read(glue.replace(/js$/, 'wasm')));
  expect(glue.split('/')[0]).toBe(sha256(content).slice(0, 10));
});

test.each(BUILT_VARIANTS)('%s is at most 170 KB, gzipped, or 176 with wide kernels', (variant) => {
  const size = gzipSync(read(files[variant]!.replace(/js$/, 'wasm'))).length;
  expect(size).toBeLessThanOrEqual(mostKB(variant) * 1024);
});

test.each([
  { variant: 'baseline', threads: 1 },
  { variant: 'relaxed-threads', threads: 2 },
] as const)(
  'a thousand steps of $variant with validation, sampling and saving need no more memory than the first fifty',
  async (wanted) => {
    const engine = await loadNodeEngine(wanted);
    // A step leaves half a megabyte of activations, of which none may stay.
    const options = tiny({
      n_layer: 2,
      n_embd: 32,
      seq_len: 32,
      batch_size: 8,
      max_steps: 1000,
      eval_every: 25,
      max_new_tokens: 40,
    });
    using trainer = engine.createTrainer(
      modelConfig(options),
      trainOptions(options),
      makeCorpus(english(20_000)),
    );
    const heaps = new Set<number>();
    for (let event = trainer.advance(50); event.kind !== 'done'; event = trainer.advance(50)) {
      if (event.kind !== 'eval') continue;
      await spoken(engine, trainer.model(), sampleOptions(options), 'The ');
      trainer.save();
      if (event.step >= 50) heaps.add(engine.heapBytes());
    }
    expect(trainer.step()).toBe(1000);
    expect(heaps.size).toBe(1);
  },
);
