// nanoGPT's recipe in native PyTorch, where python3-torch is installed.
import { availableParallelism } from 'node:os';
import { pytorch, runPython } from '../compare/baselines/pytorch.mjs';
import { miniLlm } from './run.mjs';

const LIMIT = { timeout: 3_600_000 };
const TIMED_SECONDS = 3;
const BYTES = 256;

export const pytorchSystem = {
  prepare: () => pytorch.prepare(),

  optionsFor: miniLlm.optionsFor,

  async stepTimes(_text, _configuration, { n_layer, n_head, n_embd, seq_len, batch_size }) {
    const shape = { n_layer, n_head, n_embd, seq_len, batch_size, vocab_size: BYTES };
    const request = { kind: 'train', shape, threads: availableParallelism(), seconds: TIMED_SECONDS };
    const { ms_per_step } = await runPython('measure.py', request);
    return { sampled: ms_per_step, whole: ms_per_step };
  },

  async learn({ file }, _configuration, { max_steps }, seed) {
    const request = { text: file, steps: max_steps, seed, threads: 1 };
    const { val_loss } = await runPython('time_to.py', request, LIMIT);
    return { bits: val_loss / Math.LN2, ended: null };
  },
};
