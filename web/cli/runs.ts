// mini-llm runs: lists the models of a folder.

import fs from 'node:fs';
import path from 'node:path';
import type { Command } from 'commander';
import { counted, formatBytes, formatCount, formatLoss } from '../engine/format.ts';
import { EXIT, Failure, type ExitCode } from './exit.ts';
import { kindOf, metadataOf } from './file-kinds.ts';
import { codeOf, reason } from './files.ts';
import { print, printJson, say, textTable } from './terminal.ts';

export function addRuns(program: Command, end: (code: ExitCode) => void): void {
  program
    .command('runs')
    .description('list the models of a folder, the newest first')
    .argument('[folder]', 'the folder to list', '.')
    .option('--json', 'print one JSON object per model')
    .action((folder: string, flags: { json?: true }) => {
      const runs = runsIn(folder);
      if (flags.json) runs.forEach(printJson);
      else if (runs.length > 0) print(table(folder, runs));
      else say(`${folder} holds no models.`);
      end(EXIT.ok);
    });
}

interface RunFile {
  file: string;
  kind: 'model' | 'adapter';
  step: number;
  /** Null for weights alone. */
  max_steps: number | null;
  train_loss: number | null;
  val_loss: number | null;
  val_bits_per_byte: number | null;
  bytes: number;
  /** When the file was written, in ISO 8601. */
  modified: string;
}

function runsIn(folder: string): RunFile[] {
  return namesIn(folder)
    .filter((name) => name.endsWith('.safetensors'))
    .flatMap((name) => describe(path.join(folder, name)) ?? [])
    .sort((a, b) => b.modified.localeCompare(a.modified) || a.file.localeCompare(b.file));
}

function namesIn(folder: string): string[] {
  try {
    return fs.readdirSync(folder);
  } catch (error) {
    const code = codeOf(error);
    if (code === 'ENOTDIR') throw new Failure(`${folder} is a file; name a folder, or use "mini-llm info".`);
    throw new Failure(
      code === 'ENOENT'
        ? `There is no folder ${folder || '""'}.`
        : `${folder} cannot be listed: ${reason(error)}.`,
      EXIT.error,
      error,
    );
  }
}

/** Undefined for files of other programs; one that cannot be read is reported. */
function describe(file: string): RunFile | undefined {
  try {
    const stat = fs.statSync(file);
    const info = stat.isFile() ? metadataOf(file) : undefined;
    if (!info) return undefined;
    const number = (value: unknown): number | null => (typeof value === 'number' ? value : null);
    return {
      file: path.basename(file),
      kind: kindOf(info),
      step: number(info['step']) ?? 0,
      max_steps: number((info['options'] as Record<string, unknown> | undefined)?.['max_steps']),
      train_loss: number(info['train_loss']),
      val_loss: number(info['val_loss']),
      val_bits_per_byte: number(info['val_bits_per_byte']),
      bytes: stat.size,
      modified: stat.mtime.toISOString(),
    };
  } catch (error) {
    say(`${file} cannot be read: ${reason(error)}.`);
    return undefined;
  }
}

function table(folder: string, runs: readonly RunFile[]): string {
  return textTable({
    title: `${counted(runs.length, 'model')} in ${folder === '.' ? 'this folder' : folder}; losses in nats per token`,
    head: ['file', 'step', 'of', 'loss', 'validation', 'bits/byte', 'size', 'saved'],
    rows: runs.map((run) => [
      run.kind === 'adapter' ? `${run.file} (adapter)` : run.file,
      run.max_steps === null ? formatCount(null) : formatCount(run.step),
      formatCount(run.max_steps),
      formatLoss(run.train_loss),
      formatLoss(run.val_loss),
      formatLoss(run.val_bits_per_byte),
      formatBytes(run.bytes),
      localTime(run.modified),
    ]),
    words: 1,
  });
}

/** "2026-11-26 14:05", in the time of this machine. */
function localTime(iso: string): string {
  const date = new Date(iso);
  const two = (value: number): string => String(value).padStart(2, '0');
  const day = [date.getFullYear(), two(date.getMonth() + 1), two(date.getDate())].join('-');
  return `${day} ${two(date.getHours())}:${two(date.getMinutes())}`;
}
