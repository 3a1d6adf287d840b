// npm run base: trains the model that "start_from english" begins with, and writes public/base/english.safetensors. Takes
// about twenty minutes on an idle core. The weights' last bits depend on the processor, so a new file is another base: give
// it a new name, because recipes name the old one.
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { entry, Failure } from '../../tools/lib/report.mjs';
import { inCheckout } from '../../tools/lib/paths.mjs';
import { runTool } from '../../tools/lib/toolchain.mjs';
import { importTypeScript } from '../lib/import-typescript.mjs';
import { CLI, scratch } from '../lib/paths.mjs';
import { baseText } from './texts.mjs';

const AUSTEN = 'r-cran-janeaustenr';

/** Small enough for 1.5 MB of int8, and long enough a context for letters and chats. */
const OPTIONS = {
  n_layer: 4,
  n_head: 4,
  n_embd: 128,
  seq_len: 128,
  vocab_size: 4096,
  batch_size: 12,
  max_steps: 6500,
  warmup_steps: 100,
  lr: 0.01,
  muon_lr: 0.01,
  softmax_tokens: 0,
  embedding_init: 'random',
  val_fraction: 0.01,
  eval_every: 500,
  patience: 0,
  seed: 1,
  threads: 1,
};

/** Downloads and unpacks the Debian package; returns its folder. */
async function austen(folder) {
  await runTool('sh', ['-c', `cd "${folder}" && apt-get download ${AUSTEN}`]);
  const package_ = readdirSync(folder).find((name) => name.startsWith(`${AUSTEN}_`));
  await runTool('dpkg', ['-x', join(folder, package_), join(folder, AUSTEN)]);
  return join(folder, AUSTEN);
}

await entry(async () => {
  const folder = scratch('base');
  mkdirSync(folder, { recursive: true });
  const packages = inCheckout('research', 'base', 'node_modules');
  if (!existsSync(packages))
    throw new Failure('The texts are missing; run "npm ci --prefix research/base" first.');
  const text = baseText(packages, await austen(folder));
  writeFileSync(join(folder, 'english.txt'), text);
  const trained = join(folder, 'english.safetensors');
  const flags = Object.entries(OPTIONS).flatMap(([name, value]) => [`--${name}`, String(value)]);
  const run = ['train', join(folder, 'english.txt'), '--preset', 'standard', '--out', trained, '--force'];
  execFileSync(process.execPath, [CLI, ...run, ...flags], { stdio: 'inherit' });

  const { roundedToInt8 } = await importTypeScript('web/engine/int8-weights.ts');
  const { loadNodeEngine } = await import(inCheckout('build', 'library', 'mini-llm.js'));
  const engine = await loadNodeEngine();
  const weights = engine.loadModel(new Uint8Array(readFileSync(trained))).save();
  mkdirSync(inCheckout('public', 'base'), { recursive: true });
  writeFileSync(inCheckout('public', 'base', 'english.safetensors'), roundedToInt8(weights, 'qwen3'));
  engine.close();
});
