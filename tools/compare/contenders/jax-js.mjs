// jax-js on its WebAssembly backend, in Chromium.
import { bundle, chromiumVersion, measureInChromium } from '../lib/chromium.mjs';
import { installRivals, rivalVersion } from '../lib/rivals.mjs';

export const jaxJs = [
  {
    id: 'jax-js',
    name: 'jax-js',
    title: 'jax-js',
    place: 'Chromium',
    kinds: ['train'],
    async prepare() {
      await installRivals();
      await bundle('jax-js');
      this.title = `jax-js ${rivalVersion('@jax-js/jax')}, Chromium ${await chromiumVersion()}`;
      this.given =
        'wasm backend, which takes relaxed SIMD where it is to be had; one worker a thread; the step under jit';
    },
    measure: ({ kind, shape, threads, seconds }) =>
      measureInChromium('jax-js', { kind, shape, threads, seconds }),
  },
];
