// The baselines that come from npm, in Chromium: jax-js, and @genai-fi/nanogpt on TensorFlow.js.
import { existsSync, readFileSync } from 'node:fs';
import { chromiumVersion } from '../../lib/chromium.mjs';
import { inCompare } from '../../lib/paths.mjs';
import { bundle, measureInChromium } from '../lib/in-chromium.mjs';

const INSTALL = 'npm ci --prefix research/compare';

/** Throws a sentence if the package is not installed. */
function versionOf(name) {
  const file = inCompare('node_modules', name, 'package.json');
  if (!existsSync(file)) throw new Error(`not installed here; run ${INSTALL}`);
  return JSON.parse(readFileSync(file, 'utf8')).version;
}

const jaxJs = {
  id: 'jax-js',
  name: 'jax-js',
  title: 'jax-js',
  place: 'Chromium',
  kinds: ['train'],
  setup: 'wasm backend, which uses relaxed SIMD where the browser has it; one worker per thread; jitted step',
  async prepare() {
    const version = versionOf('@jax-js/jax');
    await bundle('jax-js');
    this.title = `jax-js ${version}, Chromium ${await chromiumVersion()}`;
  },
  measure: ({ kind, shape, threads, seconds }) =>
    measureInChromium('jax-js', { kind, shape, threads, seconds }),
};

const tensorflowJs = {
  id: 'tensorflow.js',
  name: 'tensorflow.js',
  title: 'nanogpt on TensorFlow.js',
  place: 'Chromium',
  kinds: ['train', 'generate'],
  setup:
    'wasm backend with 128-bit SIMD (no FMA); its own model (RMSNorm, rotary positions, no biases), no clipping',
  async prepare() {
    const [nanogpt, backend] = ['@genai-fi/nanogpt', '@tensorflow/tfjs-backend-wasm'].map(versionOf);
    await bundle('tensorflow-js');
    this.title = `nanogpt ${nanogpt} on TensorFlow.js ${backend}, Chromium ${await chromiumVersion()}`;
  },
  measure({ kind, shape, threads, seconds }) {
    const backend = inCompare('node_modules', '@tensorflow', 'tfjs-backend-wasm', 'dist');
    return measureInChromium('tensorflow-js', { kind, shape, threads, seconds }, { '/tfjs/': backend });
  },
};

export const npmBaselines = [jaxJs, tensorflowJs];
