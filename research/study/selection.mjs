// What to study, from the command line.
import { namesIn, parseFlags, wholeNumber } from '../lib/program.mjs';
import { COMPRESSORS } from './compressors.mjs';
import { CONFIGURATIONS, SECONDS } from './configurations.mjs';
import { TEXTS } from './texts.mjs';

const FLAGS = {
  texts: { type: 'string' },
  configurations: { type: 'string' },
  seconds: { type: 'string' },
  seeds: { type: 'string', default: '3' },
  resume: { type: 'boolean', default: false },
  out: { type: 'string' },
};

/** {texts, configurations, compressors, seconds, seeds, resume, out, complete} */
export function selection(argv) {
  const flags = parseFlags(FLAGS, { args: argv }).values;
  const known = [...Object.keys(CONFIGURATIONS), ...Object.keys(COMPRESSORS)];
  const names = namesIn('configurations', flags.configurations, known);
  const seeds = wholeNumber('seeds', flags.seeds);
  return {
    texts: namesIn('texts', flags.texts, Object.keys(TEXTS)),
    configurations: names.filter((name) => name in CONFIGURATIONS),
    compressors: names.filter((name) => name in COMPRESSORS),
    seconds: flags.seconds?.split(',').map((text) => wholeNumber('seconds', text)) ?? SECONDS,
    seeds,
    resume: flags.resume,
    out: flags.out,
    complete:
      flags.texts === undefined &&
      flags.configurations === undefined &&
      flags.seconds === undefined &&
      seeds >= Number(FLAGS.seeds.default),
  };
}
