// mini-llm info: what a model file says about itself.

import { counted, formatBytes, formatCount, formatLoss } from '../engine/format.ts';
import type { Command } from 'commander';
import type { CheckpointInfo } from '../engine/checkpoint-info.ts';
import type { TrainOptions } from '../engine/generated/core-types.ts';
import { tokenizerJson } from '../engine/tokenizer-json.ts';
import { loadCore } from './core.ts';
import { EXIT, type ExitCode } from './exit.ts';
import { readInput, writeSafely } from './files.ts';
import { withFileName } from './flags.ts';
import { claimOutputs, type Output } from './outputs.ts';
import { print, printJson } from './terminal.ts';

export function addInfo(program: Command, end: (code: ExitCode) => void): void {
  program
    .command('info')
    .description('show what a model file holds')
    .argument('<model>', 'a file that "train" has saved')
    .option('--json', 'print it as one JSON object, tensors included')
    .option('--tokenizer <file>', 'also write its tokenizer, as tokenizer.json for Hugging Face’s tokenizers')
    .option('--adapter <file>', 'also write what LoRA has learnt in it, apart from the model it began with')
    .option('--force', 'let --tokenizer and --adapter replace files of another kind')
    .action(async (file: string, flags: Flags) => end(await info(file, flags)));
}

interface Flags {
  json?: true;
  tokenizer?: string;
  adapter?: string;
  force?: true;
}

async function info(file: string, flags: Flags): Promise<ExitCode> {
  const { json, tokenizer, adapter, force } = flags;
  await claimOutputs(outputs(flags), [{ what: 'the model', file }], force);
  const bytes = readInput(file, 'a saved model');
  const engine = await loadCore({ variant: 'baseline' }); // reading a file needs no threads
  const found = withFileName(file, () => engine.checkpointInfo(bytes));
  const learnt = adapter === undefined ? undefined : withFileName(file, () => engine.saveAdapter(bytes));
  if (json) printJson({ ...found, file_bytes: bytes.length });
  else print(describe(file, bytes.length, found));
  if (tokenizer !== undefined) writeSafely(tokenizer, tokenizerJson(found.merges ?? []));
  if (adapter !== undefined && learnt) writeSafely(adapter, learnt);
  return EXIT.ok;
}

function outputs({ tokenizer, adapter }: Pick<Flags, 'tokenizer' | 'adapter'>): Output[] {
  const wanted: Output[] = [];
  if (tokenizer !== undefined) wanted.push({ flag: '--tokenizer', file: tokenizer, kind: 'tokenizer' });
  if (adapter !== undefined) wanted.push({ flag: '--adapter', file: adapter, kind: 'adapter' });
  return wanted;
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
    ['Resumable', i.has_optimizer ? 'yes' : 'no, the optimiser is not in the file'],
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
