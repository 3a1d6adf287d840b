// @genai-fi/nanogpt on TensorFlow.js's WebAssembly backend. The library ships kernels for the cpu and GPU backends only;
// its cpu kernels consist of TensorFlow.js operations, so they run on the WebAssembly backend too.
import * as tf from '@tensorflow/tfjs-core';
import { setThreadsCount, setWasmPaths } from '@tensorflow/tfjs-backend-wasm';
// nanogpt bundles its own TensorFlow.js; both copies share one engine. It does not export its trainer and generator.
import '../node_modules/@genai-fi/nanogpt/dist/main.js';
import NanoGPT from '../node_modules/@genai-fi/nanogpt/dist/models/NanoGPTV1.js';
import BasicTrainer from '../node_modules/@genai-fi/nanogpt/dist/training/BasicTrainer.js';
import { checkLoss, medianTime, randomIds } from './timing.js';

async function start(threads) {
  // TensorFlow.js exports the names of its own kernels; all others are nanogpt's.
  const own = new Set(Object.values(tf).filter((value) => typeof value === 'string'));
  for (const kernel of tf.getKernelsForBackend('cpu'))
    if (!own.has(kernel.kernelName)) tf.registerKernel({ ...kernel, backendName: 'wasm' });
  tf.registerKernel({
    kernelName: 'UnsortedSegmentSum',
    backendName: 'wasm',
    kernelFunc: unsortedSegmentSum,
  });
  setWasmPaths('/tfjs/');
  setThreadsCount(threads);
  if (!(await tf.setBackend('wasm'))) throw new Error('the wasm backend did not start');
  await tf.ready();
}

/** The gradient of an embedding, which the wasm backend lacks, as a product with one-hot columns. */
function unsortedSegmentSum({ inputs: { x, segmentIds }, attrs: { numSegments } }) {
  const rows = x.reshape([segmentIds.size, -1]);
  const sums = tf.matMul(tf.oneHot(segmentIds.flatten(), numSegments).cast('float32'), rows, true, false);
  return sums.reshape([numSegments, ...x.shape.slice(segmentIds.rank)]);
}

function modelOf({ n_layer, n_head, n_embd, seq_len, vocab_size }) {
  const config = {
    nLayer: n_layer,
    nHead: n_head,
    nEmbed: n_embd,
    blockSize: seq_len,
    vocabSize: vocab_size,
  };
  return new NanoGPT({ ...config, mlpFactor: 4, useRope: true });
}

export async function measure({ kind, shape, threads, seconds }) {
  await start(threads);
  const model = modelOf(shape);
  if (kind === 'train') return { ms_per_step: await medianTime(step(model, shape), { seconds, warmUp: 1 }) };
  const cached = await tokensPerSecond(model, shape, seconds, true);
  return { cached, uncached: await tokensPerSecond(model, shape, seconds, false) };
}

/** Forward, backward and AdamW by the library's own trainer, which can clip on the GPU only. */
function step(model, shape) {
  const settings = { learningRate: 1e-3, beta1: 0.9, beta2: 0.99, weightDecay: 0.1, warmupSteps: 0 };
  const trainer = new BasicTrainer(model, null, settings);
  const ids = () => tf.tensor2d(randomIds(shape), [shape.batch_size, shape.seq_len], 'int32');
  return async () => {
    const batch = { xs: ids(), ys: ids() };
    const loss = trainer.trainStep({}, batch);
    checkLoss((await loss.data())[0]);
    tf.dispose([loss, batch.xs, batch.ys]);
  };
}

/** Tokens/s while filling the context, or as much of it as the time allows: every token costs the same. */
async function tokensPerSecond(model, shape, seconds, cached) {
  const next = (tokens, cache) =>
    tf.tidy(() => {
      const padded = cached ? tokens.slice(-1) : [...tokens, ...Array(shape.seq_len - tokens.length).fill(0)];
      const logits = model.forward(
        { training: false, cache },
        tf.tensor2d(padded, [1, padded.length], 'int32'),
      );
      const { values, indices } = tf.topk(
        logits.slice([0, cached ? 0 : tokens.length - 1, 0], [1, 1, -1]).flatten(),
        40,
      );
      return indices.gather(tf.multinomial(values.div(0.8), 1).flatten());
    });
  const fill = async (upto, limit) => {
    const cache = cached ? emptyCache(shape) : undefined;
    const tokens = [10];
    const start = performance.now();
    while (tokens.length < upto && performance.now() - start < limit) {
      const token = next(tokens, cache);
      tokens.push((await token.data())[0]);
      token.dispose();
    }
    tf.dispose(cache ?? []);
    return (performance.now() - start) / (tokens.length - 1);
  };
  await fill(cached ? 9 : 3, Infinity);
  return 1000 / (await fill(shape.seq_len, 2000 * seconds));
}

function emptyCache({ n_layer }) {
  return Array.from({ length: n_layer }, () => ({
    k: undefined,
    v: undefined,
    length: 0,
    cumulativeLength: 0,
  }));
}
