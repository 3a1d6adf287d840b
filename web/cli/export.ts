// mini-llm export: writes a model file, or parts of it, for other programs or for sharing.

import path from 'node:path';
import { Option, type Command } from 'commander';
import type { WhichWeights } from '../engine/core-objects.ts';
import { exportModel, type Exported } from '../engine/export/export.ts';
import {
  EXPORT_FORMATS,
  exportFormat,
  outputName,
  type ExportFormatName,
  type ExportRow,
  type FileFormatName,
} from '../engine/export/formats.ts';
import { loadCore } from './core.ts';
import { EXIT, refuse, type ExitCode } from './exit.ts';
import type { Kind } from './file-kinds.ts';
import { writeSafely } from './files.ts';
import { withFileName } from './flags.ts';
import { writeFolderSafely } from './folders.ts';
import { readModel } from './model-input.ts';
import { claimOutputs, type Output } from './outputs.ts';
import { say } from './terminal.ts';
import { readViewer } from './viewer.ts';

const FORMAT_NAMES = EXPORT_FORMATS.map(({ name }) => name);
const FORMATS: readonly ExportRow[] = EXPORT_FORMATS;
const TYPES = [...new Set(FORMATS.flatMap(({ types = [] }) => types))];

/** The flags of 0.5, each of which wrote one format to a file. */
const OLD_FLAGS = {
  tokenizer: 'tokenizer',
  adapter: 'adapter',
  weights: 'safetensors',
} as const satisfies Record<string, ExportFormatName>;

/** The kinds of the formats that are one file. */
const FILE_KINDS: Readonly<Record<FileFormatName, Kind>> = {
  npz: 'npz',
  safetensors: 'model',
  tokenizer: 'tokenizer',
  adapter: 'adapter',
  html: 'html',
};

export type OldExportFlags = Partial<Record<keyof typeof OLD_FLAGS, string>> & { force?: true };

interface Flags extends OldExportFlags {
  to?: ExportFormatName;
  out?: string;
  type?: string;
  step?: WhichWeights;
}

interface Job {
  /** Names the output in messages. */
  flag: string;
  format: ExportRow;
  out: string;
}

export function addExport(program: Command, end: (code: ExitCode) => void): void {
  const command = program
    .command('export')
    .description('write a model file, or parts of it, for other programs')
    .argument('<model>', 'a model file, or a folder with a GPT-2 or Qwen3 of another program')
    .addOption(new Option('--to <format>', `the format: ${FORMAT_NAMES.join(', ')}`).choices(FORMAT_NAMES))
    .option('--out <path>', 'the file or folder to write [named after the model]')
    .addOption(
      new Option('--type <name>', `the type of numbers, for ${typesHelp()} [${TYPES[0]}]`).choices(TYPES),
    )
    .addOption(
      new Option(
        '--step <name>',
        'which weights, of a run with early stopping: those that validated best, or the last ones (best, last) [those that generate]',
      ).choices(['best', 'last']),
    )
    .option(
      '--force',
      'let the output replace a file of another kind, or be written into a folder with other files',
    )
    .addHelpText('after', `\nFormats:\n${formatsHelp()}`);
  for (const name of Object.keys(OLD_FLAGS)) command.addOption(new Option(`--${name} <file>`).hideHelp());
  command.action(async (file: string, flags: Flags) => {
    await exportAll(file, flags, [...jobsOf(file, flags), ...oldJobs(flags)]);
    end(EXIT.ok);
  });
}

function namesOf(formats: readonly ExportRow[]): string {
  return formats.map(({ name }) => name).join(', ');
}

/** "gguf (f32, q8_0) …": formats with the same types together. */
function typesHelp(): string {
  const lists = new Set(FORMATS.flatMap(({ types }) => types?.join(', ') ?? []));
  return [...lists]
    .map((list) => `${namesOf(FORMATS.filter(({ types }) => types?.join(', ') === list))} (${list})`)
    .join(' and ');
}

function formatsHelp(): string {
  const width = Math.max(...FORMAT_NAMES.map((name) => name.length));
  return FORMATS.map(({ name, help }) => `  ${name.padEnd(width)}  ${help}`).join('\n');
}

function jobsOf(file: string, flags: Flags): Job[] {
  const { to, type } = flags;
  if (to === undefined) {
    if (Object.keys(OLD_FLAGS).some((name) => name in flags)) return [];
    return refuse(`Name the format: --to ${FORMAT_NAMES.join(', ')}.`);
  }
  const format = exportFormat(to);
  if (type !== undefined && !format.types?.includes(type)) {
    const remedy = format.types
      ? `--to ${to} takes ${format.types.join(' or ')}`
      : `leave it out with --to ${to}`;
    refuse(
      `--type ${type} is for ${namesOf(FORMATS.filter(({ types }) => types?.includes(type)))}; ${remedy}.`,
    );
  }
  const out = flags.out ?? path.join(path.dirname(file), outputName(format, nameOf(file), type));
  return [{ flag: '--out', format, out }];
}

function oldJobs(flags: OldExportFlags): Job[] {
  return Object.entries(OLD_FLAGS).flatMap(([flag, name]) => {
    const out = flags[flag as keyof typeof OLD_FLAGS];
    return out === undefined ? [] : [{ flag: `--${flag}`, format: exportFormat(name), out }];
  });
}

/** The model's name: its file's without the extension. */
function nameOf(file: string): string {
  return path.basename(file).replace(/\.safetensors$/, '');
}

/** Writes what the flags of 0.5 name. */
export async function exportOld(file: string, flags: OldExportFlags): Promise<void> {
  await exportAll(file, flags, oldJobs(flags));
}

/** Writes all outputs, or none if one of them cannot be made. */
async function exportAll(file: string, { type, step, force }: Flags, jobs: readonly Job[]): Promise<void> {
  const outputs = jobs.map(outputOf);
  await claimOutputs(outputs, [{ what: 'the model', file }], force);
  const bytes = await readModel(file);
  const engine = await loadCore({ variant: 'baseline' }); // reading a file needs no threads
  const exported = jobs.map(({ format }) =>
    withFileName(file, () =>
      exportModel(engine, bytes, {
        to: format.name,
        name: nameOf(file),
        ...(format.name === 'html' ? { viewer: readViewer() } : {}),
        ...(type === undefined ? {} : { type }),
        ...(step === undefined ? {} : { weights: step }),
      }),
    ),
  );
  jobs.forEach((job, i) => write(job, exported[i]!));
}

function outputOf({ flag, format, out: file }: Job): Output {
  const { name, folder } = format;
  return folder ? { flag, file, kind: folder } : { flag, file, kind: FILE_KINDS[name as FileFormatName] };
}

function write({ flag, format, out }: Job, { files }: Exported): void {
  if (format.folder) writeFolderSafely(out, files, format.folder);
  else writeSafely(out, files[0]!.content);
  const list = format.folder ? ` with ${files.map(({ name }) => name).join(', ')}` : '';
  if (flag === '--out') say(`Wrote ${out}${list}.`);
}
