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
  /** The kind of file that it may replace without --force. */
  kind: Kind;
  write: (engine: Engine, file: Uint8Array) => Uint8Array | string;
}

/** The exporters, by flag. */
const EXPORTERS = {
  tokenizer: {
    help: 'the tokenizer, as tokenizer.json for Hugging Face’s tokenizers',
    kind: 'tokenizer',
    write: (engine, file) => tokenizerJson(engine.checkpointInfo(file).merges ?? []),
  },
  adapter: {
    help: 'the LoRA adapter without its base model',
    kind: 'adapter',
    write: (engine, file) => engine.saveAdapter(file),
  },
  weights: {
    help: 'the weights without the optimizer state, a third of the size',
    kind: 'model',
    write: (engine, file) => {
      using model = engine.loadModel(file);
      return model.save();
    },
  },
} as const satisfies Record<string, Exporter>;

/** The output file of each requested part. */
export type ExportFlags = Partial<Record<keyof typeof EXPORTERS, string>> & { force?: true };

export function addExport(program: Command, end: (code: ExitCode) => void): void {
  const command = program
    .command('export')
    .description('write parts of a model file for other programs')
    .argument('<model>', 'a model file saved by train');
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
