// Native PyTorch as Debian and Ubuntu package it. It is used where it is, and never installed by this command.
import { existsSync } from 'node:fs';
import { output } from '../lib/child.mjs';
import { inCompare } from '../lib/paths.mjs';

// Packaged modules belong to the system's own interpreter, not to whichever one is first on PATH.
export const PYTHON = ['/usr/bin/python3', 'python3'].find(
  (path) => !path.startsWith('/') || existsSync(path),
);
const INSTALL = 'apt-get install --no-install-recommends python3-torch libopenblas0-openmp';

function ask(request) {
  return output(PYTHON, [inCompare('pytorch', 'measure.py'), JSON.stringify(request)]).then(JSON.parse);
}

export const pytorch = [
  {
    id: 'pytorch',
    name: 'pytorch',
    title: 'native PyTorch',
    place: 'native',
    kinds: ['train', 'generate'],
    async prepare() {
      try {
        const { version, simd, blas } = await ask({ kind: 'describe' });
        this.title = `PyTorch ${version}, native`;
        this.given = `${simd}, ${blas}; the faster of two ways to write attention; KV cache of its own in our model`;
      } catch (error) {
        if (!/No module named/.test(error.message)) throw error;
        throw new Error(`not installed here; on Debian or Ubuntu: ${INSTALL}`, { cause: error });
      }
    },
    measure: ({ kind, shape, threads, seconds }) => ask({ kind, shape, threads, seconds }),
  },
];
