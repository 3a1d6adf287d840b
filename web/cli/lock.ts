// One writer a file. A lock is a listening socket, as in tools/lib/lock.mjs: the system drops it when its owner
// dies, however it dies.

import { createHash } from 'node:crypto';
import { rmSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import os from 'node:os';
import path from 'node:path';

/** Lets go of a lock; at the end of the process this happens by itself. */
export type Release = () => void;

/** Locks a file by its real path; undefined when another process holds the lock. */
export async function tryLock(file: string): Promise<Release | undefined> {
  const address = addressOf(file);
  const lock = await listen(address);
  if (lock !== undefined || !(await isAbandoned(address))) return lock;
  rmSync(address, { force: true });
  return listen(address);
}

function addressOf(file: string): string {
  const id = `mini-llm-output-${createHash('sha256').update(file).digest('hex').slice(0, 24)}`;
  // Linux and Windows have socket names that leave no file behind.
  if (process.platform === 'linux') return `\0${id}`;
  return process.platform === 'win32' ? `\\\\.\\pipe\\${id}` : path.join(os.tmpdir(), id);
}

function listen(address: string): Promise<Release | undefined> {
  return new Promise((resolve) => {
    const server = createServer((socket) => socket.destroy());
    server.unref();
    // Where no socket can be had for another reason, a run without a lock is better than none.
    server.once('error', (error: NodeJS.ErrnoException) =>
      resolve(error.code === 'EADDRINUSE' ? undefined : () => undefined),
    );
    server.listen(address, () => resolve(() => server.close()));
  });
}

/** A socket file whose owner died without removing it. */
function isAbandoned(address: string): Promise<boolean> {
  if (!path.isAbsolute(address) || process.platform === 'win32') return Promise.resolve(false);
  return new Promise((resolve) => {
    const socket = connect(address);
    socket.once('connect', () => {
      socket.destroy();
      resolve(false);
    });
    socket.once('error', (error: NodeJS.ErrnoException) => resolve(error.code === 'ECONNREFUSED'));
  });
}
