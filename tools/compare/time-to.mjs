// npm run time-to: mini-llm's recipes beside nanoGPT's in native PyTorch, by the seconds until a text is known so well.
import '../lib/node-version.mjs';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { basename, join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { inCheckout } from '../lib/paths.mjs';
import { ensureBuilt } from '../lib/parts.mjs';
import { entry, Failure, say } from '../lib/report.mjs';
import { PYTHON } from './contenders/pytorch.mjs';
import { output } from './lib/child.mjs';
import { machine } from './lib/machine.mjs';
import { markdownTable } from './lib/markdown.mjs';
import { inCompare } from './lib/paths.mjs';
import { median } from './lib/statistics.mjs';

const LIMIT = { timeout: 1_800_000 };
const SEED = 1337;

/** One seed of mini-llm's recipes, in a process of its own. */
async function ours({ text, mark, recipes }, seed) {
  const folder = mkdtempSync(join(tmpdir(), 'mini-llm-time-to-'));
  const file = join(folder, 'found.json');
  try {
    const flags = ['--time_to', mark, '--recipes', recipes, '--seed', String(seed), '--json', file];
    await output(process.execPath, [inCheckout('tools', 'mini-llm.mjs'), 'bench', text, ...flags], LIMIT);
    return JSON.parse(readFileSync(file, 'utf8')).runs;
  } finally {
    rmSync(folder, { recursive: true });
  }
}

async function theirs({ text, mark }, seed) {
  const request = { text, mark: Number(mark), seed, threads: availableParallelism() };
  const answer = await output(PYTHON, [inCompare('pytorch', 'time_to.py'), JSON.stringify(request)], LIMIT);
  return { recipe: 'nanogpt in native PyTorch', seed, ...JSON.parse(answer) };
}

function table(runs) {
  const names = [...new Set(runs.map(({ recipe }) => recipe))];
  const rival = median(runs.filter(({ recipe }) => recipe === names[0]).map(({ seconds }) => seconds));
  const rows = names.map((name) => {
    const same = runs.filter(({ recipe }) => recipe === name);
    const middle = (figure) => median(same.map((run) => run[figure]));
    const reached = same.filter((run) => run.reached).length;
    const each = same.map(({ seconds }) => seconds.toFixed(1)).join(', ');
    return [
      name,
      `${reached} of ${same.length}`,
      middle('step'),
      `${middle('seconds').toFixed(1)} (${each})`,
      (middle('seconds') / rival).toFixed(2),
      middle('val_loss').toFixed(3),
    ];
  });
  const head = ['recipe', 'reached', 'steps', 'seconds', 'over PyTorch', 'nats a byte'];
  return markdownTable(head, rows);
}

await entry(async () => {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      time_to: { type: 'string', default: '1.886' },
      recipes: { type: 'string', default: 'nanogpt,standard' },
      seeds: { type: 'string', default: '3' },
    },
  });
  if (positionals.length !== 1) throw new Failure('Give one text file: npm run time-to -- FILE.');
  await ensureBuilt([]);
  const plan = { text: resolve(positionals[0]), mark: values.time_to, recipes: values.recipes };
  const about = machine();
  const runs = [];
  for (let seed = SEED; seed < SEED + Number(values.seeds); seed++)
    for (const found of [await theirs(plan, seed), ...(await ours(plan, seed))]) {
      say(`${found.recipe}, seed ${seed}: ${found.seconds.toFixed(1)} s, ${found.val_loss.toFixed(3)}`);
      runs.push(found);
    }
  const page =
    `# Seconds until ${basename(plan.text)} is known to ${plan.mark} nats a byte\n\nWritten by \`npm run time-to\`: medians ` +
    `over ${values.seeds} seeds, without the time of looking at the validation part (the whole of it, 40 times in a ` +
    `recipe). ${about.date}, ${about.cores} cores of ${about.processor}.\n\n${table(runs)}`;
  process.stdout.write(page);
  writeFileSync(inCompare('TIME-TO.md'), page);
});
