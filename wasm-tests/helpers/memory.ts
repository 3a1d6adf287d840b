// Memory that must not grow: JavaScript's heap after garbage collection, the core's, and the whole process's.

import fs from 'node:fs';
import v8 from 'node:v8';
import vm from 'node:vm';

/** All in MB. */
export interface Memory {
  heap: number;
  core: number;
  process: number;
}

export const MB = 1e6;

let collect: (() => void) | undefined;

/** This process. */
export function memoryHere(core: number): Memory {
  if (!collect) {
    v8.setFlagsFromString('--expose-gc');
    collect = vm.runInNewContext('gc') as () => void;
  }
  collect();
  const { heapUsed, rss } = process.memoryUsage();
  return { heap: heapUsed / MB, core: core / MB, process: rss / MB };
}

/** Memory of another process that no other shares with it. */
export function processMemory(id: number): number {
  const [, kB = '0'] = /^RssAnon:\s*(\d+)/m.exec(fs.readFileSync(`/proc/${id}/status`, 'utf8')) ?? [];
  return (Number(kB) * 1024) / MB;
}

/** Prints how memory has changed from an early moment to the end. */
export function reportMemory(what: string, early: Partial<Memory>, end: Partial<Memory>): void {
  const parts = Object.entries(end).map(
    ([name, value]) => `${name} ${early[name as keyof Memory]!.toFixed(1)} → ${value.toFixed(1)} MB`,
  );
  process.stderr.write(`${what}: ${parts.join(', ')}\n`);
}
