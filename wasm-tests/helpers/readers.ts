// Other programs that read what is exported. Those of npm lie in tools/readers, where tools/setup.sh --tests installs them;
// PyTorch and numpy are Debian's.

import { spawn, spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Exported } from '../../web/engine/export/export.ts';

const CHECKOUT = fileURLToPath(new URL('../..', import.meta.url));
const READERS = path.join(CHECKOUT, 'tools/readers');
/** Runs a program of the toolchain's Debian, or of this machine. */
const TOOL = [path.join(CHECKOUT, 'tools/tool.mjs'), 'python3'];

/** test, or test.skip with a sentence that says what is missing. */
export function testWith(what: string, isThere: boolean, remedy: string): jest.It {
  if (isThere) return test;
  console.warn(`Tests with ${what} are skipped: ${remedy}`);
  return test.skip;
}

/** Tests that need llama.cpp. */
export function testWithLlama(): jest.It {
  const isThere = fs.existsSync(path.join(READERS, 'node_modules/node-llama-cpp'));
  return testWith('llama.cpp', isThere, 'run "npm run setup -- --tests" on Linux with an x64 processor.');
}

/** Tests that need PyTorch, safetensors and numpy for Python. */
export function testWithPython(): jest.It {
  const { status } = spawnSync(process.execPath, [...TOOL, '-c', 'import torch, safetensors, numpy']);
  return testWith(
    'PyTorch',
    status === 0,
    'run "npm run tool -- apt-get install -y --no-install-recommends python3-torch python3-safetensors python3-numpy".',
  );
}

/** Writes what was exported into a folder, and returns the folder, or the file that is all of it. */
export function written({ output, folder, files }: Exported, into: string): string {
  const place = path.join(into, output);
  if (!folder) {
    fs.writeFileSync(place, files[0]!.content);
    return place;
  }
  fs.mkdirSync(place, { recursive: true });
  for (const { name, content } of files) fs.writeFileSync(path.join(place, name), content);
  return place;
}

async function jsonOf<T>(args: readonly string[], input = ''): Promise<T> {
  const child = spawn(process.execPath, args, { cwd: READERS });
  let [stdout, stderr] = ['', ''];
  child.stdout.setEncoding('utf8').on('data', (data: string) => (stdout += data));
  child.stderr.setEncoding('utf8').on('data', (data: string) => (stderr += data));
  child.stdin.end(input);
  const code = await new Promise((resolve) => child.on('close', resolve));
  if (code !== 0) throw new Error(`${args.join(' ')} ended with ${String(code)}: ${stderr.slice(-2000)}`);
  return JSON.parse(stdout) as T;
}

/** llama.cpp's ids of a prompt and of its most probable continuation. */
export function llama(
  gguf: string,
  request: { prompt: string; n: number; context: number },
): Promise<{ prompt: number[]; tokens: number[] }> {
  return jsonOf(['llama.mjs', gguf], JSON.stringify(request));
}

/** PyTorch's logits of a Hugging Face folder for each list of ids, row by row. */
export function torchLogits(folder: string, ids: readonly (readonly number[])[]): Promise<number[][][]> {
  return jsonOf([...TOOL, path.join(READERS, 'logits.py'), folder], JSON.stringify(ids));
}

export interface NumpyArray {
  dtype: string;
  shape: number[];
  sum: number;
  first: number;
  last: number;
}

/** What numpy reads from an .npz archive. */
export function numpyArrays(file: string): Promise<Record<string, NumpyArray>> {
  return jsonOf([...TOOL, path.join(READERS, 'npz.py'), file]);
}
