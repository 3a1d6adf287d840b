// Trains a small model for ten steps, saves it, opens it again and generates from it:
//   node examples/train-and-generate.mjs [TEXT.txt]

import fs from 'node:fs';
import { fileURLToPath } from 'node:url';
import {
  Run,
  generateText,
  loadNodeEngine,
  makeCorpus,
  prepareTraining,
  presetOptions,
  sampleOptions,
} from 'mini-llm';

const file = process.argv[2] ?? fileURLToPath(import.meta.url);
const corpus = makeCorpus(fs.readFileSync(file), file);
const options = { ...presetOptions('quick', corpus.bytes.length), max_steps: 10, eval_every: 0 };

const engine = await loadNodeEngine();
const run = new Run(engine, await prepareTraining(engine, options, corpus));
run.on(({ event, step, train_loss }) => {
  if (event === 'step') console.log(`step ${step}: loss ${train_loss.toFixed(3)}`);
});
const end = await run.start();
if (end.event === 'failed') throw new Error(end.message);
const model = engine.loadModel(run.save());
await run.delete();

const sampling = sampleOptions({ ...options, max_new_tokens: 100 });
for await (const { samples } of generateText(engine, model, sampling, 'The '))
  process.stdout.write(samples[0].text);
process.stdout.write('\n');
model.delete();
engine.close();
