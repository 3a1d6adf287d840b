// npm run compare: mini-llm beside others, in one run on one machine, as Markdown tables.
import '../lib/node-version.mjs';
import { entry, Failure, say, seconds } from '../lib/report.mjs';
import { ensureBuilt } from '../lib/parts.mjs';

await entry(async () => {
  const { wanted } = await import('./lib/wanted.mjs');
  const plan = wanted(process.argv.slice(2));
  // Bundler and browser driver are packages of the checkout.
  await ensureBuilt([]);
  const { CONTENDERS } = await import('./contenders/all.mjs');
  const { machine } = await import('./lib/machine.mjs');
  const { Measurements } = await import('./lib/measurements.mjs');
  const { measureInRounds } = await import('./lib/rounds.mjs');
  const { publish } = await import('./lib/publish.mjs');

  const about = machine();
  const start = performance.now();
  const contenders = CONTENDERS.filter(({ name }) => plan.only.includes(name));
  const missing = await prepare(contenders);
  const ready = contenders.filter((contender) => !missing.has(contender));
  if (ready.length === 0) throw new Failure(`Nothing can be measured: ${[...missing.values()].join('; ')}.`);
  const measurements = new Measurements();
  await measureInRounds({ ...plan, contenders: ready }, measurements);
  const took = seconds(performance.now() - start);
  publish({ ...plan, about, took, contenders, missing, measurements });
});

/** Gets everybody ready; answers, by contender, why some cannot take part. */
async function prepare(contenders) {
  const missing = new Map();
  for (const contender of contenders) {
    try {
      await contender.prepare();
    } catch (error) {
      const why = error.message.split('\n')[0];
      say(`${contender.title}: ${why}`);
      missing.set(contender, why);
    }
  }
  return missing;
}
