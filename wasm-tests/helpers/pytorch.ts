// Runs examples/distributed with PyTorch: this machine's, or that of the toolchain's Debian.

import { execFile, spawnSync } from 'node:child_process';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const CHECKOUT = fileURLToPath(new URL('../..', import.meta.url));
const PROGRAM = 'examples/distributed/train.py';

export interface Python {
  /** The command that runs Python where PyTorch is installed. */
  command: readonly string[];
  /** The arguments with which this PyTorch's torchrun works; undefined if it does not. */
  torchrun: readonly string[] | undefined;
}

const CANDIDATES = [
  ['/usr/bin/python3'],
  [process.execPath, path.join(CHECKOUT, 'tools/tool.mjs'), '/usr/bin/python3'],
];
/** Debian 12's torchrun stops under Python 3.11 unless these are maps; those of a process that does not exist will do. */
const NO_REDIRECTION = ['--redirects', '9:1', '--tee', '9:1'];
/** Debian 13 builds PyTorch without libuv, which torchrun requires and processes need not. */
const SETTINGS = ['USE_LIBUV=0', 'OMP_NUM_THREADS=1'];

/** The first Python that can import PyTorch, or undefined. */
export function findTorch(): Python | undefined {
  for (const command of CANDIDATES) {
    const [program, ...args] = [...command, '-c', 'import torch; print(torch.__version__)'];
    const { status, stdout } = spawnSync(program, args, { cwd: CHECKOUT, encoding: 'utf8' });
    if (status === 0) return { command, torchrun: stdout.startsWith('1.13') ? NO_REDIRECTION : undefined };
  }
  return undefined;
}

/** The output of train.py in this number of processes, by torchrun where it works; throws what it says if it fails. */
export async function trainWithTorch(
  python: Python,
  processes: number,
  args: readonly string[],
): Promise<string> {
  const port = 20_000 + Math.floor(Math.random() * 10_000);
  if (processes === 1) return run(python, [PROGRAM, ...args]);
  if (!python.torchrun) return runLoop(python, processes, port, args);
  const nodes = [`--nproc_per_node=${processes}`, `--master_port=${port}`];
  return run(python, ['-m', 'torch.distributed.run', ...python.torchrun, ...nodes, PROGRAM, ...args]);
}

/** Starts processes as torchrun does; the first one prints. */
async function runLoop(
  python: Python,
  processes: number,
  port: number,
  args: readonly string[],
): Promise<string> {
  const world = [`WORLD_SIZE=${processes}`, 'MASTER_ADDR=127.0.0.1', `MASTER_PORT=${port}`];
  const ranks = Array.from({ length: processes }, (_, rank) =>
    run(python, [PROGRAM, ...args], [...world, `RANK=${rank}`, `LOCAL_RANK=${rank}`]),
  );
  return (await Promise.all(ranks))[0]!;
}

/** The toolchain's Debian does not inherit variables, so they are set by its env. */
async function run(
  { command }: Python,
  args: readonly string[],
  variables: readonly string[] = [],
): Promise<string> {
  const [python, ...enter] = [...command].reverse() as [string, ...string[]];
  const [program, ...rest] = [...enter.reverse(), 'env', ...SETTINGS, ...variables, python, ...args] as [
    string,
    ...string[],
  ];
  return (await promisify(execFile)(program, rest, { cwd: CHECKOUT })).stdout;
}
