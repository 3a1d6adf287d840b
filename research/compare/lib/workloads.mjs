// The workloads of mini-llm's own benchmark, as every system is given them.
import { build } from 'esbuild';
import { inCheckout } from '../../lib/paths.mjs';

const { TRAIN_WORKLOADS, GENERATE_WORKLOADS } = await importTypeScript('web/engine/bench/workloads.ts');

/** Node 20 does not read TypeScript, so a module of the engine is bundled first. */
async function importTypeScript(path) {
  const options = { bundle: true, format: 'esm', platform: 'node', write: false, logLevel: 'error' };
  const { outputFiles } = await build({ entryPoints: [inCheckout(path)], ...options });
  return import(`data:text/javascript;base64,${Buffer.from(outputFiles[0].contents).toString('base64')}`);
}

/** The token ids are bytes. */
const VOCAB_SIZE = 256;

const workload = (kind) => (found) => {
  const { n_layer, n_head, n_embd, seq_len, batch_size } = found.options;
  const shape = { n_layer, n_head, n_embd, seq_len, batch_size, vocab_size: VOCAB_SIZE };
  return { name: found.name, kind, shape };
};

/** kind "train": steps of forward, backward, clipping and AdamW. kind "generate": one sequence fills the context. */
export const WORKLOADS = [
  ...TRAIN_WORKLOADS.map(workload('train')),
  ...GENERATE_WORKLOADS.map(workload('generate')),
];

export const tokensPerStep = ({ shape }) => shape.batch_size * shape.seq_len;
