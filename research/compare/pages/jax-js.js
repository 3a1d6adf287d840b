// A training step of a GPT-2 model in jax-js: one jitted function from parameters and moments to their successors.
import { checkLoss, medianTime, randomIds } from './timing.js';

const LEARNING_RATE = 1e-3;
const BETA1 = 0.9;
const BETA2 = 0.99;
const DECAY = 0.1;
const CLIP = 1;

let jax, np, nn;

/** jax-js starts one worker, with one thread, for every processor that the browser reports. */
async function start(threads) {
  Object.defineProperty(navigator, 'hardwareConcurrency', { get: () => threads });
  jax = await import('@jax-js/jax');
  ({ numpy: np, nn } = jax);
  await jax.init('wasm');
  jax.defaultDevice('wasm');
}

export async function measure({ shape, threads, seconds }) {
  await start(threads);
  const state = initialState(shape);
  const step = jax.jit((params, m, v, count, ids) => updated(shape, params, m, v, count, ids));
  let count = 0;
  const train = async () => {
    const ids = batch(shape);
    const [params, m, v, loss] = step(state.params, state.m, state.v, np.array(++count), ids);
    Object.assign(state, { params, m, v });
    await jax.blockUntilReady(params);
    checkLoss((await loss.data())[0]);
  };
  return { ms_per_step: await medianTime(train, { seconds }) };
}

function batch(shape) {
  const ids = () =>
    np.array(randomIds(shape), { dtype: np.int32 }).reshape([shape.batch_size, shape.seq_len]);
  return { tokens: ids(), targets: ids() };
}

function initialState({ n_layer, n_embd: C, seq_len, vocab_size }) {
  let seed = 0;
  const normal = (...size) => jax.random.normal(jax.random.key(seed++), size).mul(0.02);
  const linear = (from, to) => ({ weight: normal(from, to), bias: np.zeros([to]) });
  const norm = () => ({ weight: np.ones([C]), bias: np.zeros([C]) });
  const block = () => ({
    ln_1: norm(),
    c_attn: linear(C, 3 * C),
    attn_proj: linear(C, C),
    ln_2: norm(),
    c_fc: linear(C, 4 * C),
    c_proj: linear(4 * C, C),
  });
  const params = {
    wte: normal(vocab_size, C),
    wpe: normal(seq_len, C),
    blocks: Array.from({ length: n_layer }, block),
    ln_f: norm(),
  };
  const zeros = () => jax.tree.map((p) => np.zeros(p.shape), params);
  return { params, m: zeros(), v: zeros() };
}

// jax-js counts references: every use of an array except the last one is written `.ref`.

function lossOf(shape, params, { tokens, targets }) {
  const { n_head, vocab_size } = shape;
  const oneHot = (ids) => nn.oneHot(ids, vocab_size);
  // Embedding as a product with one-hot rows: np.take and the gradient of its gather are no faster.
  let x = np.matmul(oneHot(tokens), params.wte.ref).add(params.wpe); // (B, T, C)
  for (const block of params.blocks) x = blockOf(x, block, n_head);
  const logits = np.matmul(layerNorm(x, params.ln_f), params.wte.transpose()); // (B, T, V)
  return nn.logSoftmax(logits).mul(oneHot(targets)).sum(-1).mean().neg();
}

function blockOf(x, p, n_head) {
  x = x.ref.add(linear(attention(linear(layerNorm(x, p.ln_1), p.c_attn), n_head), p.attn_proj));
  return x.ref.add(linear(nn.gelu(linear(layerNorm(x, p.ln_2), p.c_fc)), p.c_proj));
}

function attention(qkv, n_head) {
  const [B, T, width] = qkv.shape;
  const [q, k, v] = np.split(qkv, 3, 2).map((t) => t.reshape([B, T, n_head, width / 3 / n_head]));
  return nn.dotProductAttention(q, k, v, { isCausal: true }).reshape([B, T, width / 3]);
}

function linear(x, { weight, bias }) {
  return np.matmul(x, weight).add(bias);
}

function layerNorm(x, { weight, bias }) {
  return nn.standardize(x).mul(weight).add(bias);
}

/** One AdamW step on the clipped gradient; weight decay on matrices only. */
function updated(shape, params, m, v, count, ids) {
  const value = jax.valueAndGrad((p) => lossOf(shape, p, ids));
  const [loss, grads] = value(jax.tree.ref(params));
  const [leaves, tree] = jax.tree.flatten(params);
  const [ms, vs, gs] = [m, v, grads].map((t) => jax.tree.leaves(t));
  const scale = clipping(gs);
  const unbias = (beta) => np.array(1).sub(np.exp(count.ref.mul(Math.log(beta))));
  const [unbias1, unbias2] = [unbias(BETA1), unbias(BETA2)];
  count.dispose();
  const next = leaves.map((p, i) => {
    const g = gs[i].mul(scale.ref);
    const m1 = ms[i].mul(BETA1).add(g.ref.mul(1 - BETA1));
    const v1 = vs[i].mul(BETA2).add(np.square(g).mul(1 - BETA2));
    const change = m1.ref.div(unbias1.ref).div(np.sqrt(v1.ref.div(unbias2.ref)).add(1e-8));
    const kept = p.ndim > 1 ? 1 - LEARNING_RATE * DECAY : 1;
    return [p.mul(kept).sub(change.mul(LEARNING_RATE)), m1, v1];
  });
  for (const used of [scale, unbias1, unbias2]) used.dispose();
  return [
    ...[0, 1, 2].map((i) =>
      jax.tree.unflatten(
        tree,
        next.map((row) => row[i]),
      ),
    ),
    loss,
  ];
}

/** The factor that limits the gradient's norm over all parameters to CLIP. */
function clipping(grads) {
  const squares = grads.map((g) => np.square(g.ref).sum());
  const norm = np.sqrt(squares.reduce((sum, square) => sum.add(square)));
  return np.minimum(np.array(CLIP).div(norm.add(1e-6)), 1);
}
