// mini-llm info: shows what a model file holds.

import { counted, formatBytes, formatCount, formatLoss } from '../engine/format.ts';
import { Option, type Command } from 'commander';
import type { CheckpointInfo } from '../engine/checkpoint-info.ts';
import type { TrainOptions } from '../engine/generated/core-types.ts';
import { recipeCommands, recipeJson } from '../engine/recipe-text.ts';
import { recipeOptions, savedRecipe } from '../engine/recipe.ts';
import { loadCore } from './core.ts';
import { EXIT, type ExitCode } from './exit.ts';
import { exportOld, type OldExportFlags } from './export.ts';
import { withFileName } from './flags.ts';
import { readModel } from './model-input.ts';
import { readRecipe } from './recipe.ts';
import { print, printJson, say } from './terminal.ts';

export function addInfo(program: Command, end: (code: ExitCode) => void): void {
  program
    .command('info')
    .description('show what a model file holds')
    .argument('<model>', 'a model file, or a folder with a GPT-2 or Qwen3 of another program')
    .option('--json', 'print it as one JSON object, tensors included')
    .option('--recipe', 'print only the recipe of its run, for "train --recipe"')
    // Earlier versions exported with info; "export" does it now.
    .addOption(new Option('--tokenizer <file>').hideHelp())
    .addOption(new Option('--adapter <file>').hideHelp())
    .addOption(new Option('--force').hideHelp())
    .action(async (file: string, flags: Flags) => end(await info(file, flags)));
}

interface Flags extends Omit<OldExportFlags, 'weights'> {
  json?: true;
  recipe?: true;
}

async function info(file: string, flags: Flags): Promise<ExitCode> {
  const { json, recipe, tokenizer, adapter } = flags;
  if ((tokenizer ?? adapter) !== undefined) {
    say('info only reads; "mini-llm export" now writes tokenizers and adapters.');
    await exportOld(file, flags);
  }
  if (recipe) {
    print(recipeJson(readRecipe(file)));
    return EXIT.ok;
  }
  const bytes = await readModel(file);
  const engine = await loadCore({ variant: 'baseline' }); // reading a file needs no threads
  const found = withFileName(file, () => engine.checkpointInfo(bytes));
  if (json) printJson({ ...found, file_bytes: bytes.length });
  else print(describe(file, bytes.length, found));
  return EXIT.ok;
}

function describe(file: string, size: number, i: CheckpointInfo): string {
  const { n_layer, n_head, n_kv_head, n_embd } = i.config;
  const sharing = n_kv_head === n_head ? '' : ` (${n_kv_head} of keys and values)`;
  const rows: [string, string][] = [
    ['File', `${file}, ${formatBytes(size)}, ${i.tensors.length} tensors`],
    [
      i.kind === 'lora' ? 'Adapter of' : 'Model',
      `${i.config.arch}, ${formatCount(i.n_parameters)} parameters`,
    ],
    ['Shape', `${counted(n_layer, 'layer')}, ${counted(n_head, 'head')}${sharing}, width ${n_embd}`],
    ['Context', `seq_len ${i.config.seq_len} tokens`],
    ['Tokenizer', `${i.tokenizer}, vocab_size ${i.vocab_size}`],
    ...training(i),
  ];
  return rows.map(([name, text]) => `${name.padEnd(10)} ${text.replaceAll('\n', '␊')}\n`).join('');
}

function training(i: CheckpointInfo): [string, string][] {
  if (i.options === null) return [['Training', 'weights only; it cannot be resumed']];
  const bits = i.val_loss === null ? '' : `, ${formatLoss(i.val_bits_per_byte)} bits a byte`;
  return [
    ['Training', `step ${formatCount(i.step)} of ${formatCount(i.options.max_steps)}${restored(i)}`],
    ['Loss', `training ${formatLoss(i.train_loss)}, validation ${formatLoss(i.val_loss)}${bits}`],
    ['Options', optionsText(i.options)],
    ['Text', `SHA-256 ${i.corpus_sha256}`],
    ['Resumable', i.has_optimizer ? 'yes' : 'no, the optimizer’s state is not in the file'],
    ...repeating(i),
  ];
}

/** How the run can be repeated. */
function repeating(i: CheckpointInfo): [string, string][] {
  const recipe = savedRecipe(i);
  if (!recipe) return [];
  const { version } = recipe;
  const where = recipeOptions(recipe).reproducible ? 'every machine' : 'the same kind of processor';
  return [
    ['Recipe', `mini-llm ${version}; the same bits on ${where}`],
    ...recipeCommands(recipe).map((command): [string, string] => ['', command]),
  ];
}

/** Where the file has earlier weights than those of its step. */
function restored({ restored_best, best_step }: CheckpointInfo): string {
  return restored_best
    ? `, with the weights of step ${formatCount(best_step ?? 0)}, which validated best`
    : '';
}

function optionsText(options: TrainOptions): string {
  return Object.entries(options)
    .map(([name, value]) => `${name} ${String(value)}`)
    .join(', ');
}
