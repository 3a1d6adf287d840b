// Other programs that read what is exported. Those of npm lie in tools/readers, and PyTorch and numpy in the toolchain's
// Debian, where tools/setup.sh --tests installs them.

import { spawn } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Exported } from '../../web/engine/export/export.ts';
import { pythonsWithTorch, type Python } from './pytorch.ts';

/** The folder of the programs below. */
export const READERS = fileURLToPath(new URL('../../tools/readers', import.meta.url));

const SET_UP = 'run "npm run setup -- --tests"';

/** test, or test.skip with a sentence that says what is missing. */
export function testWith(what: string, isThere: boolean, remedy: string): jest.It {
  if (isThere) return test;
  console.warn(`Tests with ${what} are skipped: ${remedy}.`);
  return test.skip;
}

/** Tests that need a package of tools/readers. */
export function testWithReader(name: string): jest.It {
  const isThere = fs.existsSync(path.join(READERS, 'node_modules', name));
  return testWith(name, isThere, `${SET_UP} on Linux with an x64 processor`);
}

/** Makes tests that need PyTorch and numpy: one for each installed version, or a skipped one. */
export function testWithEachPython(): (title: string, body: (python: Python) => Promise<void>) => void {
  const pythons = pythonsWithTorch();
  if (pythons.length > 0) return (title, body) => test.each(pythons)(`${title} (PyTorch $torch)`, body);
  const skipped = testWith(
    'PyTorch',
    false,
    `${SET_UP} as root on Debian, or install what tools/packages lists`,
  );
  return (title) => skipped(title, () => undefined);
}

/** Writes what was exported into a folder, and returns the folder, or the file that is all of it. */
export function written({ output, folder, files }: Exported, into: string): string {
  const place = path.join(into, output);
  if (!folder) {
    fs.writeFileSync(place, files[0]!.content);
    return place;
  }
  fs.mkdirSync(place, { recursive: true });
  for (const { name, content } of files) {
    const file = path.join(place, name);
    fs.mkdirSync(path.dirname(file), { recursive: true });
    fs.writeFileSync(file, content);
  }
  return place;
}

async function jsonOf<T>(command: readonly [string, ...string[]], input: unknown): Promise<T> {
  const [program, ...args] = command;
  const child = spawn(program, args, { cwd: READERS });
  let [stdout, stderr] = ['', ''];
  child.stdout.setEncoding('utf8').on('data', (data: string) => (stdout += data));
  child.stderr.setEncoding('utf8').on('data', (data: string) => (stderr += data));
  child.stdin.end(JSON.stringify(input));
  const code = await new Promise((resolve) => child.on('close', resolve));
  if (code !== 0) throw new Error(`${command.join(' ')} ended with ${String(code)}: ${stderr.slice(-2000)}`);
  return JSON.parse(stdout) as T;
}

/** What to continue with the most probable tokens: the text, the number of tokens, and the context to open. */
export interface ContinuationRequest {
  prompt: string;
  n: number;
  context: number;
}

/** llama.cpp's ids of a prompt and of its continuation, and how many of them its context holds. */
export function llama(
  gguf: string,
  request: ContinuationRequest,
): Promise<{ prompt: number[]; tokens: number[]; held: number }> {
  return jsonOf([process.execPath, 'llama.mjs', gguf], request);
}

const python = <T>({ command }: Python, program: string, file: string, input?: unknown): Promise<T> =>
  jsonOf([...command, path.join(READERS, program), file], input ?? null);

export interface OnnxRequest {
  /** A batch, padded on the left. */
  texts: number[][];
  /** The positions that are computed at once. */
  pieces: number[];
}

/** onnxruntime's logits: for each request the rows of each text. */
export function onnxLogits(file: string, requests: readonly OnnxRequest[]): Promise<number[][][][]> {
  return jsonOf([process.execPath, 'onnx.mjs', file], requests);
}

/** transformers.js' most probable continuations of prompts, by n tokens each, and its ids of another text. */
export function transformersJs(
  folder: string,
  request: { prompts: string[]; n: number; encode: string },
): Promise<{ texts: string[]; ids: number[] }> {
  return jsonOf([process.execPath, 'transformers.mjs', folder], request);
}

/** PyTorch's logits of a Hugging Face folder for each list of ids, row by row. */
export function torchLogits(
  which: Python,
  folder: string,
  ids: readonly (readonly number[])[],
): Promise<number[][][]> {
  return python(which, 'logits.py', folder, ids);
}

export interface NumpyArray {
  dtype: string;
  shape: number[];
  sum: number;
  first: number;
  last: number;
}

/** What numpy reads from an .npz archive. */
export function numpyArrays(which: Python, file: string): Promise<Record<string, NumpyArray>> {
  return python(which, 'npz.py', file);
}
