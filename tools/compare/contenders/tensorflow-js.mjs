// @genai-fi/nanogpt on TensorFlow.js, in Chromium.
import { bundle, chromiumVersion, measureInChromium } from '../lib/chromium.mjs';
import { inCompare } from '../lib/paths.mjs';
import { installRivals, rivalVersion } from '../lib/rivals.mjs';

export const tensorflowJs = [
  {
    id: 'tensorflow.js',
    name: 'tensorflow.js',
    title: 'nanogpt on TensorFlow.js',
    place: 'Chromium',
    kinds: ['train', 'generate'],
    async prepare() {
      await installRivals();
      await bundle('tensorflow-js');
      const version = rivalVersion('@tensorflow/tfjs-backend-wasm');
      this.title = `nanogpt ${rivalVersion('@genai-fi/nanogpt')} on TensorFlow.js ${version}, Chromium ${await chromiumVersion()}`;
      this.given =
        'wasm backend with 128-bit SIMD (no FMA); its own model (RMSNorm, rotary positions, no biases), no clipping';
    },
    measure: ({ kind, shape, threads, seconds }) =>
      measureInChromium(
        'tensorflow-js',
        { kind, shape, threads, seconds },
        { '/tfjs/': inCompare('node_modules', '@tensorflow', 'tfjs-backend-wasm', 'dist') },
      ),
  },
];
