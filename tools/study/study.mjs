// npm run study: which options learn most in 10, 30 and 120 seconds. A run's seconds are its steps times the time of a
// step, which is measured first and by turns on all threads; the runs themselves go on one thread each, several at a
// time, because what is learnt does not depend on the threads.
import '../lib/node-version.mjs';
import { writeFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { parseArgs } from 'node:util';
import { inCheckout } from '../lib/paths.mjs';
import { ensureBuilt } from '../lib/parts.mjs';
import { entry, say } from '../lib/report.mjs';
import { median } from '../compare/lib/statistics.mjs';
import { listed } from '../compare/lib/wanted.mjs';
import { RECIPES } from './recipes.mjs';
import { learn, stepTime } from './run.mjs';
import { studyPage } from './page.mjs';
import { TEXTS, textFile } from './texts.mjs';

const ROUNDS = 3;
const STEPS_A_ROUND = 24;

/** Milliseconds of a step by recipe: the median of rounds in which each has its turn. */
async function stepTimes(text, recipes) {
  const times = new Map(recipes.map((name) => [name, []]));
  for (let round = 0; round < ROUNDS; round++)
    for (const name of recipes)
      times.get(name).push(await stepTime(text, RECIPES[name].options, STEPS_A_ROUND));
  return new Map(recipes.map((name) => [name, median(times.get(name))]));
}

/** As many at a time as there are cores, the longest first. */
async function sideBySide(jobs, work) {
  const queue = [...jobs].sort((a, b) => b.seconds - a.seconds);
  const worker = async () => {
    for (let job = queue.shift(); job; job = queue.shift()) await work(job);
  };
  await Promise.all(Array.from({ length: availableParallelism() }, worker));
}

await entry(async () => {
  const { values } = parseArgs({
    options: {
      texts: { type: 'string' },
      recipes: { type: 'string' },
      seconds: { type: 'string', default: '10;30;120' },
      out: { type: 'string', default: inCheckout('tools', 'study', 'RESULTS.md') },
    },
  });
  const texts = listed('texts', values.texts, Object.keys(TEXTS), ';');
  const recipes = listed('recipes', values.recipes, Object.keys(RECIPES), ';');
  const budgets = values.seconds.split(';').map(Number);
  await ensureBuilt(['wasm', 'cli']);
  const files = Object.fromEntries(texts.map((name) => [name, textFile(name, inCheckout('build', 'study'))]));
  const times = await stepTimes(files.english ?? files[texts[0]], recipes);
  for (const [name, ms] of times) say(`${name}: ${ms.toFixed(1)} ms a step`);
  const jobs = recipes.flatMap((recipe) =>
    texts.flatMap((text) =>
      budgets
        .filter((seconds) => RECIPES[recipe].seconds[text].includes(seconds))
        .map((seconds) => ({ text, recipe, seconds })),
    ),
  );
  await sideBySide(jobs, async (job) => {
    const steps = Math.max(1, Math.round((job.seconds * 1000) / times.get(job.recipe)));
    Object.assign(job, await learn(files[job.text], RECIPES[job.recipe].options, steps));
    const { text, seconds, recipe, step, validation } = job;
    say(
      `${text}, ${seconds} s, ${recipe}: ${validation.toFixed(3)} bits per byte at step ${step} of ${steps}`,
    );
  });
  const page = studyPage({ texts, recipes, budgets, times, jobs });
  process.stdout.write(page);
  writeFileSync(values.out, page);
});
