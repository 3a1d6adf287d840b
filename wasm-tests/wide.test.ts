// The wide builds in the Nodes that pack pairs of 128-bit operations: they train to the bits of the other builds.

import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { BenchReport } from '../web/engine/bench/report.ts';
import type { Variant } from '../web/engine/variants.ts';
import { scratch, start, type Outcome } from './helpers/cli.ts';
import { sha256 } from './helpers/engine.ts';
import { canPack, describeWithNodes, nodeOf } from './helpers/nodes.ts';
import { english } from './helpers/texts.ts';

const folder = scratch();
beforeAll(() => writeFileSync(path.join(folder, 'text.txt'), english(20_000)));

const OLD: [string] = [process.execPath];
/** Steps are enough for the optimizing compiler, which packs, to take over; without Liftoff it compiles everything. */
const AT_ONCE = '--no-liftoff';
const VERSIONS = [24, 26] as const;

// Widths that are no multiple of a tile's; every kernel of training.
const MODELS = {
  gpt2: '--arch gpt2 --n_layer 2 --n_head 2 --n_embd 72 --optimizer adamw --dropout 0.1',
  qwen3: '--arch qwen3 --n_layer 2 --n_head 3 --n_embd 84 --optimizer muon --dropout 0',
};
const SHAPE = '--seq_len 50 --batch_size 5 --tokenizer byte --max_steps 20 --eval_every 10 --seed 7';

let runs = 0;

async function train(
  node: [string, ...string[]],
  model: string,
  ...flags: string[]
): Promise<Outcome & { sha256: string }> {
  const out = `model-${runs++}.safetensors`;
  const args = ['train', 'text.txt', ...`${model} ${SHAPE}`.split(' '), '--out', out, ...flags];
  const outcome = await start(args, folder, node).done;
  expect(outcome).toMatchObject({ code: 0 });
  return { ...outcome, sha256: sha256(readFileSync(path.join(folder, out))) };
}

async function bits(
  node: [string, ...string[]],
  model: string,
  variant: Variant,
  threads: number,
): Promise<string> {
  return (await train(node, model, '--variant', variant, '--threads', String(threads))).sha256;
}

describeWithNodes.each(Object.entries(MODELS))('20 steps of %s', (_, model) => {
  test.each(VERSIONS)(
    'in Node %i the exact wide build gives the bits of the baseline here',
    async (version) => {
      const expected = await bits(OLD, model, 'baseline', 1);
      expect(await bits([nodeOf(version)], model, 'threads-wide', 1)).toBe(expected);
      expect(await bits([nodeOf(version), AT_ONCE], model, 'threads-wide', 2)).toBe(expected);
    },
  );

  test.each(VERSIONS)(
    'in Node %i the relaxed wide build gives the bits of relaxed-threads',
    async (version) => {
      const expected = await bits([nodeOf(version)], model, 'relaxed-threads', 2);
      expect(await bits([nodeOf(version)], model, 'relaxed-threads-wide', 2)).toBe(expected);
      expect(await bits([nodeOf(version), AT_ONCE], model, 'relaxed-threads-wide', 1)).toBe(expected);
    },
  );
});

/** A very busy machine may hide from a process that its engine packs. */
async function untilWide(attempt: () => Promise<Outcome>): Promise<Outcome> {
  for (let attempts = 1; ; attempts++) {
    const outcome = await attempt();
    if (`${outcome.stdout}${outcome.stderr}`.includes('wide') || attempts === 5) return outcome;
  }
}

(canPack() ? describeWithNodes : describe.skip).each(VERSIONS)('without being asked, Node %i', (version) => {
  const short = (...flags: string[]) =>
    untilWide(() => train([nodeOf(version)], MODELS.gpt2, '--max_steps', '2', ...flags));

  test('runs a wide build and says why', async () => {
    const { stderr } = await short('--threads', '2');
    expect(stderr).toMatch(/ relaxed-threads-wide build, 2 threads\. Node [\d.]+ packs .* Relaxed SIMD made/);
  });

  test('runs the exact one if results must be reproducible, on one thread too', async () => {
    const { stderr } = await short('--reproducible', '--threads', '1');
    expect(stderr).toMatch(/ threads-wide build, 1 thread\. One thread .* packs .* Reproducible is on/);
  });

  test('bench measures it and names the flag', async () => {
    const flags = '--quick --workloads W1 --threads 1 --seconds 0.05 --force --json bench.json'.split(' ');
    const { stdout } = await untilWide(() => start(['bench', ...flags], folder, [nodeOf(version)]).done);
    expect(stdout).toMatch(/^W1 +relaxed-threads-wide +1 /m);
    expect(stdout).toMatch(
      /^Flags of Node [\d.]+ that mini-llm switched on: --experimental-wasm-revectorize\.$/m,
    );
    const { machine } = JSON.parse(readFileSync(path.join(folder, 'bench.json'), 'utf8')) as BenchReport;
    expect(machine.engine_flags).toEqual(['--experimental-wasm-revectorize']);
  });
});
