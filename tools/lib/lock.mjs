// One process at a time. The lock is a listening socket: the kernel drops it when its owner dies, however it
// dies, and a waiting process learns of the end at once, because its connection closes.
import { createHash } from 'node:crypto';
import { rmSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { say } from './report.mjs';

/** Runs `work` while holding the lock called `name` (usually the path of what it guards). */
export async function locked(name, work) {
  const address = addressOf(name);
  for (let told = false; ;) {
    const server = await listen(address);
    if (server) {
      try {
        return await work();
      } finally {
        server.close();
        for (const socket of server.waiting) socket.destroy();
      }
    }
    if (!told) say(`Another mini-llm process is at work on ${name}; waiting for it …`);
    told = true;
    await ended(address);
  }
}

function addressOf(name) {
  const id = `mini-llm-${createHash('sha256').update(name).digest('hex').slice(0, 24)}`;
  // Linux has socket names that leave no file behind.
  return process.platform === 'linux' ? `\0${id}` : join(tmpdir(), id);
}

function listen(address) {
  return new Promise((resolve, reject) => {
    const server = createServer((socket) => {
      server.waiting.add(socket.on('error', () => {}).on('close', () => server.waiting.delete(socket)));
    });
    server.waiting = new Set();
    server.once('error', (error) => (error.code === 'EADDRINUSE' ? resolve(null) : reject(error)));
    server.listen(address, () => resolve(server));
  });
}

function ended(address) {
  return new Promise((resolve) => {
    const socket = connect(address);
    socket.on('error', (error) => {
      // A socket file whose owner died without removing it.
      if (error.code === 'ECONNREFUSED' && !address.startsWith('\0')) rmSync(address, { force: true });
    });
    // A short pause, so that a refused connection does not become a busy loop.
    socket.on('close', () => setTimeout(resolve, 50));
    socket.resume();
  });
}
