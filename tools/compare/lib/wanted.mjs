// What the command line asks for.
import { availableParallelism } from 'node:os';
import { parseArgs } from 'node:util';
import { Failure } from '../../lib/report.mjs';
import { WORKLOADS } from './workloads.mjs';

const NAMES = ['mini-llm', 'pytorch', 'jax-js', 'tensorflow.js'];

const FLAGS = {
  only: { type: 'string' },
  workloads: { type: 'string' },
  threads: { type: 'string' },
  rounds: { type: 'string', default: '3' },
  seconds: { type: 'string', default: '1' },
  out: { type: 'string' },
};

/** {only, workloads, threadCounts, rounds, seconds, out, complete} */
export function wanted(argv) {
  const { values } = parsed(argv);
  const names = WORKLOADS.map(({ name }) => name);
  const workloads = listed('workloads', values.workloads, names);
  const threadCounts =
    values.threads === undefined ? usefulThreads() : values.threads.split(',').map(wholeThreads);
  const only = listed('only', values.only, NAMES);
  return {
    only,
    workloads: WORKLOADS.filter(({ name }) => workloads.includes(name)),
    threadCounts,
    rounds: whole('rounds', values.rounds),
    seconds: positive('seconds', values.seconds),
    out: values.out,
    complete:
      only.length === NAMES.length && workloads.length === names.length && values.threads === undefined,
  };
}

function parsed(argv) {
  try {
    return parseArgs({ args: argv, options: FLAGS });
  } catch (error) {
    const flags = Object.keys(FLAGS).map((name) => `--${name}`);
    throw new Failure(`${error.message} There are ${flags.join(', ')}.`);
  }
}

function usefulThreads() {
  const cores = availableParallelism();
  return [1, 2, 4, 8, 16].filter((n) => n <= cores);
}

/** Names that are allowed, all of them where none is given. */
export function listed(flag, text, allowed, separator = ',') {
  const names = text === undefined ? allowed : text.split(separator).map((name) => name.trim());
  const odd = names.find((name) => !allowed.includes(name));
  if (odd !== undefined) throw new Failure(`--${flag} must be among ${allowed.join(', ')}, not "${odd}".`);
  return names;
}

function wholeThreads(text) {
  const n = whole('threads', text);
  if (n > 64) throw new Failure(`--threads must be at most 64, not ${n}.`);
  return n;
}

function whole(flag, text) {
  const n = positive(flag, text);
  if (!Number.isInteger(n)) throw new Failure(`--${flag} must be a whole number, not "${text}".`);
  return n;
}

function positive(flag, text) {
  const n = /^\d*\.?\d+$/.test(text) ? Number(text) : NaN;
  if (!(n > 0)) throw new Failure(`--${flag} must be above zero, not "${text}".`);
  return n;
}
