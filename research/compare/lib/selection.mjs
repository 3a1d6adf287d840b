// What to measure, from the command line.
import { availableParallelism } from 'node:os';
import { namesIn, parseFlags, positiveNumber, wholeNumber } from '../../lib/program.mjs';
import { Failure } from '../../../tools/lib/report.mjs';
import { WORKLOADS } from './shapes.mjs';

const SYSTEM_NAMES = ['mini-llm', 'pytorch', 'jax-js', 'tensorflow.js'];
const MAX_THREADS = 64;

const FLAGS = {
  only: { type: 'string' },
  workloads: { type: 'string' },
  threads: { type: 'string' },
  rounds: { type: 'string', default: '3' },
  seconds: { type: 'string', default: '1' },
  out: { type: 'string' },
};

/** {only, workloads, threadCounts, rounds, seconds, out, complete} */
export function selection(argv) {
  const flags = parseFlags(FLAGS, { args: argv }).values;
  const names = WORKLOADS.map(({ name }) => name);
  const workloads = namesIn('workloads', flags.workloads, names);
  const only = namesIn('only', flags.only, SYSTEM_NAMES);
  return {
    only,
    workloads: WORKLOADS.filter(({ name }) => workloads.includes(name)),
    threadCounts: flags.threads === undefined ? defaultThreads() : flags.threads.split(',').map(threadCount),
    rounds: wholeNumber('rounds', flags.rounds),
    seconds: positiveNumber('seconds', flags.seconds),
    out: flags.out,
    complete:
      only.length === SYSTEM_NAMES.length && workloads.length === names.length && flags.threads === undefined,
  };
}

function defaultThreads() {
  const cores = availableParallelism();
  return [1, 2, 4, 8, 16].filter((n) => n <= cores);
}

function threadCount(text) {
  const n = wholeNumber('threads', text);
  if (n > MAX_THREADS) throw new Failure(`--threads must be at most ${MAX_THREADS}, not ${n}.`);
  return n;
}
