// npm run compare: mini-llm and other libraries, measured in one run on one machine, as Markdown tables.
import { program } from '../lib/program.mjs';
import { Failure, say } from '../../tools/lib/report.mjs';
import { machine } from '../lib/report.mjs';
import { Measurements } from './lib/measurements.mjs';
import { publish } from './lib/publish.mjs';
import { measureInRounds } from './lib/rounds.mjs';
import { selection } from './lib/selection.mjs';
import { SYSTEMS } from './systems.mjs';

await program(async () => {
  const selected = selection(process.argv.slice(2));
  const about = machine();
  const start = performance.now();
  const systems = SYSTEMS.filter(({ name }) => selected.only.includes(name));
  const missing = await prepare(systems);
  const ready = systems.filter((system) => !missing.has(system));
  if (ready.length === 0) throw new Failure(`Nothing can be measured: ${[...missing.values()].join('; ')}.`);
  const measurements = new Measurements();
  await measureInRounds({ ...selected, systems: ready }, measurements);
  const seconds = (performance.now() - start) / 1000;
  publish({ ...selected, about, duration: `${seconds.toFixed(1)} s`, systems, missing, measurements });
});

/** Prepares every system; returns a map from each one that cannot be measured to the reason. */
async function prepare(systems) {
  const missing = new Map();
  for (const system of systems) {
    try {
      await system.prepare();
    } catch (error) {
      const reason = error.message.split('\n')[0].replace(/\.$/, '');
      say(`${system.title}: ${reason}`);
      missing.set(system, reason);
    }
  }
  return missing;
}
