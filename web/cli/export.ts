// mini-llm export: writes parts of a model file as files for other programs or for sharing.

import type { Command } from 'commander';
import type { Engine } from '../engine/engine.ts';
import { tokenizerJson } from '../engine/tokenizer-json.ts';
import { loadCore } from './core.ts';
import { EXIT, Failure, type ExitCode } from './exit.ts';
import type { Kind } from './file-kinds.ts';
import { readInput, writeSafely } from './files.ts';
import { withFileName } from './flags.ts';
import { claimOutputs } from './outputs.ts';

interface Exporter {
  help: string;
  /** What may be replaced without --force. */
  kind: Kind;
  write: (engine: Engine, file: Uint8Array) => Uint8Array | string;
}

/** By flag. */
const EXPORTERS = {
  tokenizer: {
    help: 'its tokenizer, as tokenizer.json for Hugging Face’s tokenizers',
    kind: 'tokenizer',
    write: (engine, file) => tokenizerJson(engine.checkpointInfo(file).merges ?? []),
  },
  adapter: {
    help: 'what LoRA has learned, without the model it began with',
    kind: 'adapter',
    write: (engine, file) => engine.saveAdapter(file),
  },
  weights: {
    help: 'the model without the state of its training, a third as large',
    kind: 'model',
    write: (engine, file) => {
      using model = engine.loadModel(file);
      return model.save();
    },
  },
} as const satisfies Record<string, Exporter>;

/** The file to write, for each part that is wanted. */
export type ExportFlags = Partial<Record<keyof typeof EXPORTERS, string>> & { force?: true };

export function addExport(program: Command, end: (code: ExitCode) => void): void {
  const command = program
    .command('export')
    .description('write parts of a model file for other programs')
    .argument('<model>', 'a file that "train" has saved');
  for (const [name, { help }] of Object.entries(EXPORTERS)) command.option(`--${name} <file>`, help);
  command
    .option('--force', 'let the outputs replace files of another kind')
    .action(async (file: string, flags: ExportFlags) => {
      if (wanted(flags).length === 0) {
        const names = Object.keys(EXPORTERS).map((name) => `--${name}`);
        throw new Failure(
          `Name what to export and where: ${names.map((name) => `${name} FILE`).join(', ')}.`,
          EXIT.usage,
        );
      }
      await exportParts(file, flags);
      end(EXIT.ok);
    });
}

function wanted(flags: ExportFlags): { name: string; exporter: Exporter; out: string }[] {
  return Object.entries(EXPORTERS).flatMap(([name, exporter]) => {
    const out = flags[name as keyof typeof EXPORTERS];
    return out === undefined ? [] : [{ name, exporter, out }];
  });
}

/** Writes all parts, or none if one of them cannot be made. */
export async function exportParts(file: string, flags: ExportFlags): Promise<void> {
  const parts = wanted(flags);
  const outputs = parts.map(({ name, exporter, out }) => ({
    flag: `--${name}`,
    file: out,
    kind: exporter.kind,
  }));
  await claimOutputs(outputs, [{ what: 'the model', file }], flags.force);
  const bytes = readInput(file, 'a saved model');
  const engine = await loadCore({ variant: 'baseline' }); // reading a file needs no threads
  const contents = parts.map(({ exporter }) => withFileName(file, () => exporter.write(engine, bytes)));
  parts.forEach(({ out }, i) => writeSafely(out, contents[i]!));
}
