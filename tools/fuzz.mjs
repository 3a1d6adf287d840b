// npm run fuzz [-- MINUTES [TARGET …]]: fuzzes for an hour or that long in all, turn by turn; an input that crashes ends it.
import { building } from './lib/build.mjs';
import { buildFuzzers, canFuzz, fuzz, fuzzTargets } from './lib/fuzz.mjs';
import { entry, Failure } from './lib/report.mjs';

const TURN_S = 60;

await entry(async () => {
  const [minutes = '60', ...names] = process.argv.slice(2);
  if (!(Number(minutes) > 0)) throw new Failure(`${minutes} is no number of minutes.`);
  const unknown = names.find((name) => !fuzzTargets().includes(name));
  if (unknown !== undefined)
    throw new Failure(`There is no target "${unknown}"; choose among ${fuzzTargets().join(', ')}.`);
  if (!(await canFuzz()))
    throw new Failure('Fuzzing needs clang++ with libFuzzer; install clang and libclang-rt-dev.');
  await building(buildFuzzers);
  const targets = names.length > 0 ? names : fuzzTargets();
  const turn_s = Math.ceil(Math.min(TURN_S, (Number(minutes) * 60) / targets.length));
  for (let left_s = Number(minutes) * 60, i = 0; left_s > 0; left_s -= turn_s, i++)
    await fuzz(targets[i % targets.length], turn_s);
});
