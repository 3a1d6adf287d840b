// npm run study: which options learn most in 10, 30 and 120 seconds.
//
// A run's time is its number of steps times the time of a step on all threads, which is measured first, in rounds. The
// runs themselves use one thread each and run side by side, because the result does not depend on the threads.
import { writeFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { scratch } from '../lib/paths.mjs';
import { requireBuilt } from '../../tools/lib/build.mjs';
import { inCheckout } from '../../tools/lib/paths.mjs';
import { namesIn, parseFlags, program, wholeNumber } from '../lib/program.mjs';
import { say } from '../../tools/lib/report.mjs';
import { median } from '../lib/statistics.mjs';
import { CONFIGURATIONS } from './configurations.mjs';
import { studyPage } from './page.mjs';
import { learn, stepTime } from './run.mjs';
import { TEXTS, textFile } from './texts.mjs';

const ROUNDS = 3;
const STEPS_PER_ROUND = 24;

/** Milliseconds of a step by configuration: the median over rounds that run every configuration once. */
async function stepTimes(text, configurations) {
  const times = new Map(configurations.map((name) => [name, []]));
  for (let round = 0; round < ROUNDS; round++)
    for (const name of configurations)
      times.get(name).push(await stepTime(text, CONFIGURATIONS[name].options, STEPS_PER_ROUND));
  return new Map(configurations.map((name) => [name, median(times.get(name))]));
}

/** Runs one job per core at a time, the longest jobs first. */
async function runInParallel(jobs, work) {
  const queue = [...jobs].sort((a, b) => b.seconds - a.seconds);
  const worker = async () => {
    for (let job = queue.shift(); job; job = queue.shift()) await work(job);
  };
  await Promise.all(Array.from({ length: availableParallelism() }, worker));
}

await program(async () => {
  const { values } = parseFlags({
    texts: { type: 'string' },
    configurations: { type: 'string' },
    seconds: { type: 'string', default: '10;30;120' },
    out: { type: 'string', default: inCheckout('research', 'study', 'RESULTS.md') },
  });
  const texts = namesIn('texts', values.texts, Object.keys(TEXTS), ';');
  const configurations = namesIn('configurations', values.configurations, Object.keys(CONFIGURATIONS), ';');
  const durations = values.seconds.split(';').map((text) => wholeNumber('seconds', text));
  requireBuilt('core', 'command line');
  const files = Object.fromEntries(texts.map((name) => [name, textFile(name, scratch('study'))]));
  const times = await stepTimes(files.english ?? files[texts[0]], configurations);
  for (const [name, ms] of times) say(`${name}: ${ms.toFixed(1)} ms/step`);
  const jobs = configurations.flatMap((configuration) =>
    texts.flatMap((text) =>
      durations
        .filter((seconds) => CONFIGURATIONS[configuration].seconds[text].includes(seconds))
        .map((seconds) => ({ text, configuration, seconds })),
    ),
  );
  await runInParallel(jobs, async (job) => {
    const { text, seconds, configuration } = job;
    const steps = Math.max(1, Math.round((seconds * 1000) / times.get(configuration)));
    Object.assign(job, await learn(files[text], CONFIGURATIONS[configuration].options, steps));
    const bits = `${job.validation.toFixed(3)} bits per byte at step ${job.step} of ${steps}`;
    say(`${text}, ${seconds} s, ${configuration}: ${bits}`);
  });
  const results = studyPage({ texts, configurations, durations, times, jobs });
  process.stdout.write(results);
  writeFileSync(values.out, results);
});
