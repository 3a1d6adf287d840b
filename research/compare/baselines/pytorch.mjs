// Native PyTorch as Debian and Ubuntu package it.
import { existsSync } from 'node:fs';
import { output } from '../../lib/output.mjs';
import { inCompare } from '../../lib/paths.mjs';

// Debian's python3-torch belongs to /usr/bin/python3; python3 on PATH may be another interpreter.
const PYTHON = existsSync('/usr/bin/python3') ? '/usr/bin/python3' : 'python3';
const INSTALL = 'apt-get install --no-install-recommends python3-torch libopenblas0-openmp';

/** Runs pytorch/SCRIPT with a request as JSON and returns its answer. */
export async function runPython(script, request, options) {
  const answer = await output(PYTHON, [inCompare('pytorch', script), JSON.stringify(request)], options);
  return JSON.parse(answer);
}

export const pytorch = {
  id: 'pytorch',
  name: 'pytorch',
  title: 'native PyTorch',
  place: 'native',
  kinds: ['train', 'generate'],
  async prepare() {
    try {
      const { version, simd, blas } = await runPython('measure.py', { kind: 'describe' });
      this.title = `PyTorch ${version}, native (${simd}; ${blas})`;
      this.setup = `its own operations with ${simd}, matrix products by ${blas}; the faster of two ways to write attention; our model with its own KV cache`;
    } catch (error) {
      if (!/No module named/.test(error.message)) throw error;
      throw new Error(`not installed here; on Debian or Ubuntu: ${INSTALL}`, { cause: error });
    }
  },
  measure: ({ kind, shape, threads, seconds }) => runPython('measure.py', { kind, shape, threads, seconds }),
};
