// npm run time-to -- TEXT: how many seconds mini-llm's presets, and nanoGPT's configuration in native PyTorch, need until
// the validation loss falls below a target.
import { readFileSync, writeFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { basename, join, resolve } from 'node:path';
import { output } from '../lib/output.mjs';
import { CLI, inCompare } from '../lib/paths.mjs';
import { requireBuilt } from '../../tools/lib/build.mjs';
import { parseFlags, positiveNumber, program, wholeNumber } from '../lib/program.mjs';
import { Failure, say } from '../../tools/lib/report.mjs';
import { BENCHMARKS, machine, markdownTable, withBlock } from '../lib/report.mjs';
import { median } from '../lib/statistics.mjs';
import { inTemporaryFolder } from '../lib/temporary-folder.mjs';
import { runPython } from './baselines/pytorch.mjs';

const LIMIT = { timeout: 1_800_000 };
const SEED = 1337;
const BASELINE = 'nanogpt in native PyTorch';

/** Runs every preset once with this seed: [{name, seed, reached, step, seconds, val_loss}]. */
async function miniLlm({ text, target, presets }, seed) {
  return inTemporaryFolder(async (folder) => {
    const file = join(folder, 'report.json');
    const flags = ['--time_to', target, '--presets', presets, '--seed', seed, '--json', file].map(String);
    await output(process.execPath, [CLI, 'bench', text, ...flags], LIMIT);
    return JSON.parse(readFileSync(file, 'utf8')).runs.map((run) => ({ name: run.preset, ...run }));
  });
}

async function baseline({ text, target }, seed) {
  const request = { text, target, seed, threads: availableParallelism() };
  return { name: BASELINE, seed, ...(await runPython('time_to.py', request, LIMIT)) };
}

function table(runs) {
  const secondsOf = (name) => runs.filter((run) => run.name === name).map(({ seconds }) => seconds);
  const rows = [...new Set(runs.map(({ name }) => name))].map((name) => {
    const seeds = runs.filter((run) => run.name === name);
    const middle = (figure) => median(seeds.map((run) => run[figure]));
    return [
      name,
      `${seeds.filter(({ reached }) => reached).length} of ${seeds.length}`,
      middle('step'),
      `${middle('seconds').toFixed(1)} (${secondsOf(name)
        .map((s) => s.toFixed(1))
        .join(', ')})`,
      (middle('seconds') / median(secondsOf(BASELINE))).toFixed(2),
      middle('val_loss').toFixed(3),
    ];
  });
  const head = ['preset', 'reached', 'steps', 'seconds', 'share of PyTorch', 'nats/byte'];
  return markdownTable(head, rows);
}

await program(async () => {
  const { values, positionals } = parseFlags(
    {
      time_to: { type: 'string', default: '1.886' },
      presets: { type: 'string', default: 'nanogpt,standard' },
      seeds: { type: 'string', default: '3' },
      out: { type: 'string' },
    },
    { allowPositionals: true },
  );
  if (positionals.length !== 1) throw new Failure('Give one text file: npm run time-to -- FILE.');
  requireBuilt('core', 'command line');
  const plan = {
    text: resolve(positionals[0]),
    target: positiveNumber('time_to', values.time_to),
    presets: values.presets,
  };
  const seeds = wholeNumber('seeds', values.seeds);
  const { date, cores, processor } = machine();
  const runs = [];
  for (let seed = SEED; seed < SEED + seeds; seed++)
    for (const run of [await baseline(plan, seed), ...(await miniLlm(plan, seed))]) {
      say(`${run.name}, seed ${seed}: ${run.seconds.toFixed(1)} s, ${run.val_loss.toFixed(3)} nats/byte`);
      runs.push(run);
    }
  const results =
    `Seconds until the validation loss on ${basename(plan.text)} falls below ${plan.target} nats/byte. Medians over ` +
    `${seeds} seeds, without the time of the evaluations (40 in a run, over the whole validation split). Written by ` +
    `\`npm run time-to\` on ${date}, on ${cores} cores of ${processor}.\n\n${table(runs)}`;
  process.stdout.write(results);
  writeFileSync(values.out ?? inCompare('TIME-TO.md'), `# Time to a validation loss\n\n${results}`);
  if (values.out === undefined)
    writeFileSync(BENCHMARKS, withBlock(readFileSync(BENCHMARKS, 'utf8'), 'time-to', results));
});
