// npm run study: bits per byte of the last tenth of a text after 10, 30 and 120 seconds.
//
// A run's time is its number of steps times the time of a step on all threads, which is measured first, in rounds. The
// runs themselves use one thread each and run side by side, because the result does not depend on the threads.
import { availableParallelism } from 'node:os';
import { requireBuilt } from '../../tools/lib/build.mjs';
import { say } from '../../tools/lib/report.mjs';
import { importTypeScript } from '../lib/import-typescript.mjs';
import { CORE, scratch } from '../lib/paths.mjs';
import { program } from '../lib/program.mjs';
import { machine } from '../lib/report.mjs';
import { median } from '../lib/statistics.mjs';
import { COMPRESSORS, compressedBits, installed } from './compressors.mjs';
import { CONFIGURATIONS } from './configurations.mjs';
import { bitsCell } from './page.mjs';
import { pairsOf, runOptions, stepsThatFit } from './plan.mjs';
import { publish } from './publish.mjs';
import { pytorchSystem } from './pytorch.mjs';
import { miniLlm } from './run.mjs';
import { selection } from './selection.mjs';
import { coreHash, Store } from './store.mjs';
import { TEXTS, textFile } from './texts.mjs';

const ROUNDS = 3;
const FIRST_SEED = 1337;
const { WHOLE_SOFTMAX } = await importTypeScript('web/engine/estimate.ts');

const systemOf = (configuration) => (configuration.system === 'pytorch' ? pytorchSystem : miniLlm);

/** The names that can run here; why the others cannot is added to `missing`. */
async function available(names, prepare, missing) {
  const ready = [];
  for (const name of names) {
    try {
      await prepare(name);
      ready.push(name);
    } catch (error) {
      say(error.message);
      missing.push(error.message);
    }
  }
  return ready;
}

/** Adds to every pair its fitted options and the milliseconds of a step: medians over rounds that time every pair once. */
async function timeSteps(pairs, store, identity) {
  for (const pair of pairs) {
    pair.options = systemOf(pair.configuration).optionsFor(pair.configuration, pair.file);
    pair.rounds = [];
  }
  for (let round = 0; round < ROUNDS; round++)
    for (const { configuration, options, file, rounds } of pairs) {
      // Texts with the same options share a measurement.
      const parts = { what: 'step', system: configuration.system, options, round, ...identity };
      rounds.push(
        await store.once(parts, () => systemOf(configuration).stepTimes(file, configuration, options)),
      );
    }
  for (const pair of pairs) {
    const middle = (part) => median(pair.rounds.map((times) => times[part]));
    pair.times = { sampled: middle('sampled'), whole: middle('whole') };
    say(
      `${pair.text}, ${pair.name}: ${pair.times.sampled.toFixed(1)}, ${pair.times.whole.toFixed(1)} ms/step`,
    );
  }
}

/** The runs of a pair: one for each duration and seed. */
function jobsOf({ text, name, file, seconds, configuration, options, times }, seeds) {
  return seconds.flatMap((s) => {
    const fit = stepsThatFit(s, times, WHOLE_SOFTMAX);
    const own = configuration.own_length && options.max_steps < fit;
    const run = runOptions(options, own ? options.max_steps : fit);
    return Array.from({ length: seeds }, (_, i) => ({
      ...{ text, name, file, configuration, seconds: s, seed: FIRST_SEED + i, options: run, own },
      cost: run.max_steps * times.sampled,
    }));
  });
}

/** Runs one job per core at a time, the longest jobs first, and returns the results. */
async function runInParallel(jobs, work) {
  const queue = [...jobs].sort((a, b) => b.cost - a.cost);
  const results = [];
  const worker = async () => {
    for (let job = queue.shift(); job; job = queue.shift()) {
      const result = await work(job);
      results.push(result);
      const { text, name, seconds, seed } = result;
      say(
        `[${results.length}/${jobs.length}] ${text}, ${name}, ${seconds} s, seed ${seed}: ${bitsCell([result])}`,
      );
    }
  };
  await Promise.all(Array.from({ length: availableParallelism() }, worker));
  return results;
}

await program(async () => {
  const selected = selection(process.argv.slice(2));
  requireBuilt('core', 'command line');
  const load = machine().load;
  const missing = [];
  const names = await available(
    selected.configurations,
    (name) => systemOf(CONFIGURATIONS[name]).prepare(),
    missing,
  );
  const programs = {};
  const compressors = await available(
    selected.compressors,
    (name) => (programs[name] = installed(COMPRESSORS[name])),
    missing,
  );
  const files = Object.fromEntries(selected.texts.map((name) => [name, textFile(name, scratch('study'))]));
  const store = new Store(scratch('study', 'results'), selected.resume);
  const identity = { core: coreHash(CORE), node: process.versions.node, processor: machine().processor };

  const compressed = [];
  for (const text of selected.texts)
    for (const name of compressors) {
      const bits = await compressedBits(programs[name], COMPRESSORS[name], files[text]);
      say(`${text}, ${COMPRESSORS[name].title}: ${bits.toFixed(3)}`);
      compressed.push({ text, name, bits });
    }
  const pairs = pairsOf({ ...selected, configurations: names }).map((pair) => ({
    ...pair,
    configuration: CONFIGURATIONS[pair.name],
    file: files[pair.text],
  }));
  await timeSteps(pairs, store, identity);
  const jobs = pairs.flatMap((pair) => jobsOf(pair, selected.seeds));
  const learned = await runInParallel(jobs, async ({ configuration, file, options, seed, own, ...job }) => {
    const parts = { what: 'run', system: configuration.system, options, text: file.hash, seed, ...identity };
    const result = await store.once(parts, () =>
      systemOf(configuration).learn(file, configuration, options, seed),
    );
    const { max_steps } = options;
    return { ...job, ...result, seed, max_steps, ended: result.ended ?? (own ? max_steps : null) };
  });

  publish({
    ...selected,
    ...{ load, missing },
    texts: selected.texts.map((name) => ({ name, ...TEXTS[name] })),
    rows: [
      ...names.map((name) => ({ name, ...CONFIGURATIONS[name] })),
      ...compressors.map((name) => ({ name, ...COMPRESSORS[name] })),
    ],
    results: [...learned, ...compressed],
    times: new Map(pairs.map(({ text, name, times }) => [`${text} ${name}`, times])),
  });
});
