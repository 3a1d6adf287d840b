// Where and when the figures were taken.
import { readFileSync } from 'node:fs';
import { availableParallelism, cpus, getPriority, loadavg, release, totalmem, type } from 'node:os';

/** Widest first: what native code may use, WebAssembly may not. */
const VECTORS = { avx512f: 'AVX-512', avx2: 'AVX2', avx: 'AVX', asimd: 'NEON' };

export function machine() {
  return {
    date: new Date().toISOString().slice(0, 10),
    processor: cpus()[0]?.model.trim() ?? 'an unknown processor',
    cores: availableParallelism(),
    vectors: vectors(),
    memory: `${Math.round(totalmem() / 2 ** 30)} GB`,
    system: `${type()} ${release()}`,
    load: loadavg()[0],
    // Chromium sets its own, so anything but 0 favours what runs in it.
    nice: getPriority(),
  };
}

function vectors() {
  try {
    const flags =
      /^(flags|Features)\s*:(.*)$/m.exec(readFileSync('/proc/cpuinfo', 'utf8'))?.[2].split(' ') ?? [];
    return Object.entries(VECTORS).find(([flag]) => flags.includes(flag))?.[1];
  } catch {
    return undefined;
  }
}
