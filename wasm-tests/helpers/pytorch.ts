// PyTorch on this machine and in the toolchain's Debian, where tools/setup.sh --tests installs it.

import { execFile, spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const CHECKOUT = fileURLToPath(new URL('../..', import.meta.url));
const PROGRAM = 'examples/distributed/train.py';
const SYSTEM_PYTHON = '/usr/bin/python3';

export interface Python {
  /** The command that runs Python where PyTorch and numpy are installed. */
  command: readonly [string, ...string[]];
  /** PyTorch's version. */
  torch: string;
}

const CANDIDATES: readonly Python['command'][] = [
  [SYSTEM_PYTHON],
  [process.execPath, path.join(CHECKOUT, 'tools/tool.mjs'), SYSTEM_PYTHON],
];

/** Those that can import PyTorch and numpy, one of each version of PyTorch. */
export function pythonsWithTorch(): Python[] {
  const found = new Map<string, Python>();
  for (const command of CANDIDATES) {
    const [program, ...args] = [...command, '-c', 'import numpy, torch; print(torch.__version__)'] as const;
    const { status, stdout } = spawnSync(program, args, { cwd: CHECKOUT, encoding: 'utf8' });
    const torch = stdout?.trim();
    if (status === 0 && !found.has(torch)) found.set(torch, { command, torch });
  }
  return [...found.values()];
}

/**
 * What Debian's torchrun needs beside the number of processes. Debian 12's stops under Python 3.11 unless redirections are
 * maps; those of a process that does not exist will do. Debian 13 builds PyTorch without libuv, so the processes must find
 * each other through a file.
 */
function torchrunFlags({ torch }: Python, folder: string): string[] {
  if (!torch.startsWith('1.13'))
    return [
      '--local-addr=127.0.0.1',
      '--rdzv-backend=c10d',
      '--rdzv-conf=store_type=file',
      `--rdzv-endpoint=${folder}/rendezvous`,
    ];
  const port = 20_000 + Math.floor(Math.random() * 10_000);
  return ['--redirects=9:1', '--tee=9:1', `--master_port=${port}`];
}
const WITHOUT_LIBUV = ['USE_LIBUV=0', 'TORCH_DISABLE_SHARE_RDZV_TCP_STORE=1'];

/** The output of train.py, with torchrun in several processes; throws what it says if it fails. */
export async function trainWithTorch(
  python: Python,
  processes: number,
  args: readonly string[],
): Promise<string> {
  if (processes === 1) return run(python, [PROGRAM, ...args]);
  const folder = fs.mkdtempSync(path.join(CHECKOUT, 'build', 'torchrun-'));
  try {
    const nodes = [`--nproc_per_node=${processes}`, `--log_dir=${folder}`, ...torchrunFlags(python, folder)];
    return await run(python, ['-m', 'torch.distributed.run', ...nodes, PROGRAM, ...args]);
  } finally {
    fs.rmSync(folder, { recursive: true });
  }
}

async function run({ command }: Python, args: readonly string[]): Promise<string> {
  // The toolchain's Debian does not inherit variables, so they are set by its env.
  const enter = [...command.slice(0, -1), 'env', ...WITHOUT_LIBUV, 'OMP_NUM_THREADS=1'];
  const [program, ...rest] = [...enter, command.at(-1)!, ...args] as [string, ...string[]];
  return (await promisify(execFile)(program, rest, { cwd: CHECKOUT })).stdout;
}
