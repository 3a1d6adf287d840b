// Runs the command line as a process.

import { spawn, type ChildProcessWithoutNullStreams } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const PROGRAM = fileURLToPath(new URL('../../build/cli/mini-llm.js', import.meta.url));

export interface Outcome {
  code: number | null;
  stdout: string;
  stderr: string;
}

export interface Running {
  child: ChildProcessWithoutNullStreams;
  done: Promise<Outcome>;
  /** Resolves once stdout holds this text. */
  printed: (text: string) => Promise<void>;
}

/** `node` is the Node to run it with: the program and flags. */
export function start(
  args: readonly string[],
  cwd: string,
  node: readonly [string, ...string[]] = [process.execPath],
): Running {
  const [program, ...flags] = node;
  return watch(spawn(program, [...flags, PROGRAM, ...args], { cwd }));
}

/** Runs with limits, as options of ulimit: -f for the size of files, -v for addresses. */
export function cliWithin(limits: string, args: readonly string[], cwd: string): Promise<Outcome> {
  return shell(`ulimit ${limits}; exec "$@"`, cwd, args);
}

/** Runs a script with sh; "$@" in it is the program with these arguments. */
export function shell(script: string, cwd: string, args: readonly string[] = []): Promise<Outcome> {
  return watch(spawn('sh', ['-c', script, 'sh', process.execPath, PROGRAM, ...args], { cwd })).done;
}

/** Runs on a terminal of this width, made by script of util-linux; its stdin is the keyboard. */
export function onTerminal(args: readonly string[], cwd: string, columns = 80): Running {
  const words = [process.execPath, PROGRAM, ...args].map((word) => `'${word.replaceAll("'", `'\\''`)}'`);
  const command = `stty cols ${columns} rows 40; exec ${words.join(' ')}`;
  const env = { ...process.env, TERM: 'xterm-256color', SHELL: '/bin/sh' };
  return watch(spawn('script', ['-qefc', command, '/dev/null'], { cwd, env }));
}

/** Runs with this on standard input. */
export function cliReading(
  input: string | Uint8Array,
  args: readonly string[],
  cwd: string,
): Promise<Outcome> {
  const { child, done } = start(args, cwd);
  child.stdin.on('error', () => undefined).end(input); // a refused command reads nothing
  return done;
}

const children = new Set<ChildProcessWithoutNullStreams>();

// A process left by a failed test must not keep Jest running.
afterAll(() => children.forEach((child) => child.kill('SIGKILL')));

function watch(child: ChildProcessWithoutNullStreams): Running {
  children.add(child);
  child.on('close', () => children.delete(child));
  const out: Outcome = { code: null, stdout: '', stderr: '' };
  const waiting: { text: string; resolve: () => void }[] = [];
  child.stdout.setEncoding('utf8').on('data', (data: string) => {
    out.stdout += data;
    for (const w of waiting) if (out.stdout.includes(w.text)) w.resolve();
  });
  child.stderr.setEncoding('utf8').on('data', (data: string) => (out.stderr += data));
  const done = new Promise<Outcome>((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code) => {
      resolve({ ...out, code });
      for (const w of waiting) w.resolve();
    });
  });
  const printed = (text: string): Promise<void> =>
    out.stdout.includes(text) ? Promise.resolve() : new Promise((resolve) => waiting.push({ text, resolve }));
  return { child, done, printed };
}

export function cli(args: readonly string[], cwd: string): Promise<Outcome> {
  return start(args, cwd).done;
}

/** Parses the output of --json, one object per line. */
export function jsonLines(stdout: string): Record<string, unknown>[] {
  return stdout
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Record<string, unknown>);
}

/** Makes a folder for a test file and removes it afterwards. */
export function scratch(parent = os.tmpdir()): string {
  const folder = fs.mkdtempSync(path.join(parent, 'mini-llm-test-'));
  afterAll(() => fs.rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** The same in the checkout, where programs of the toolchain's Debian see it too. */
export function sharedScratch(): string {
  const build = fileURLToPath(new URL('../../build', import.meta.url));
  fs.mkdirSync(build, { recursive: true });
  return scratch(build);
}

/** A model whose steps take milliseconds. */
export const TINY_SHAPE =
  '--n_layer 1 --n_head 2 --n_embd 16 --seq_len 16 --batch_size 4 --eval_batches 2 --warmup_steps 2 --lr 0.01 --min_lr 0.001'.split(
    ' ',
  );

/** The same as GPT-2 on bytes. */
export const TINY_FLAGS = [
  ...TINY_SHAPE,
  ...'--arch gpt2 --tokenizer byte --optimizer adamw --schedule cosine --dropout 0 --patience 0'.split(' '),
];
