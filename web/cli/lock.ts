// Allows one writer per file. A lock is a listening socket, which the system closes when its process dies. Lock files,
// as the package proper-lockfile makes them, outlive a killed process and need a timer that long training steps block.

import { createHash } from 'node:crypto';
import { rmSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import os from 'node:os';
import path from 'node:path';

/** Releases a lock; the end of the process does so too. */
export type Release = () => void;

/** Locks a file by its real path; returns undefined if another process holds the lock. */
export async function tryLock(file: string): Promise<Release | undefined> {
  const address = addressOf(file);
  const lock = await listen(address);
  if (lock !== undefined || !(await isAbandoned(address))) return lock;
  rmSync(address, { force: true });
  return listen(address);
}

function addressOf(file: string): string {
  const id = `mini-llm-output-${createHash('sha256').update(file).digest('hex').slice(0, 24)}`;
  // On Linux and Windows these socket names leave no file behind.
  if (process.platform === 'linux') return `\0${id}`;
  return process.platform === 'win32' ? `\\\\.\\pipe\\${id}` : path.join(os.tmpdir(), id);
}

function listen(address: string): Promise<Release | undefined> {
  return new Promise((resolve) => {
    const server = createServer((socket) => socket.destroy());
    server.unref();
    // Without sockets, run without a lock.
    server.once('error', (error: NodeJS.ErrnoException) =>
      resolve(error.code === 'EADDRINUSE' ? undefined : () => undefined),
    );
    server.listen(address, () => resolve(() => server.close()));
  });
}

/** Whether this is the socket file of a dead process. */
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
