// mini-llm generate: streams text from a saved model.

import { counted, formatRate } from '../engine/format.ts';
import { randomInt } from 'node:crypto';
import type { Command } from 'commander';
import { sampleOptions } from '../engine/convert.ts';
import { generateText, promptNote, withPiece, type GeneratedSample } from '../engine/generate.ts';
import { defaults, optionSpec, type OptionName } from '../engine/options.ts';
import { checked } from '../engine/validate.ts';
import { loadCore } from './core.ts';
import { EXIT, Failure, type ExitCode } from './exit.ts';
import { readInput, reason } from './files.ts';
import { addFlags, givenOptions, withFileName, withUsageErrors } from './flags.ts';
import { readModel } from './model-input.ts';
import { addPromptFile, withPromptFile, type PromptFlags } from './inputs.ts';
import { SamplesOutput } from './sample-output.ts';
import { drained, outputLost, printJson, say } from './terminal.ts';

const SEEDS = optionSpec('seed').max! + 1;

const RUN_FLAGS: readonly OptionName[] = ['threads', 'variant', 'reproducible'];

export function addGenerate(program: Command, end: (code: ExitCode) => void): void {
  const command = program
    .command('generate')
    .description('generate text with a saved model')
    .argument('<model>', 'a model file, or a folder with a GPT-2 or Qwen3 of another program')
    .option('--adapter <file>', 'merge this LoRA adapter into the model')
    .option(
      '--json',
      'print one JSON object at the end: {text, tokens, tokens_per_s, prompt, seed}, or {samples: [{text, …}, …], …} with several samples',
    );
  addFlags(command, ['sample'], RUN_FLAGS, { seed: 'new each time, and printed' });
  addPromptFile(command);
  command.action(async (file: string, flags: Flags) => end(await generate(file, flags)));
}

interface Flags extends PromptFlags {
  adapter?: string;
  json?: true;
}

async function generate(file: string, flags: Flags): Promise<ExitCode> {
  const { adapter } = flags;
  const given = await withPromptFile(givenOptions(flags as Readonly<Record<string, unknown>>), flags);
  const options = withUsageErrors(() => checked({ ...defaults(), seed: randomInt(SEEDS) }, given));
  const bytes = await readModel(file);
  const adapterBytes = adapter === undefined ? undefined : readInput(adapter, 'an adapter');
  const engine = await loadCore(options);
  using model = withFileName(file, () => engine.loadModel(bytes));
  if (adapter !== undefined && adapterBytes) withFileName(adapter, () => model.applyAdapter(adapterBytes));
  const note = promptNote(model.tokenizer().encode(options.prompt).length, model.config().seq_len);
  if (note !== undefined) say(note);
  if (!flags.json && given.seed === undefined)
    say(`Seed ${options.seed}: --seed ${options.seed} generates this text again.`);
  const output = flags.json ? undefined : new SamplesOutput(options.n, options.prompt);
  let samples: GeneratedSample[] = [];
  let last = { tokens: 0, tokens_per_s: 0 };
  for await (const piece of generateText(engine, model, sampleOptions(options), options.prompt)) {
    samples = withPiece(samples, piece);
    last = piece;
    output?.take(samples);
    await drained();
    const lost = outputLost();
    if (lost === 'closed') return EXIT.ok;
    if (lost !== undefined) throw new Failure(`The text cannot be written: ${reason(lost)}.`);
  }
  const { tokens, tokens_per_s } = last;
  if (flags.json)
    printJson({ ...texts(samples), tokens, tokens_per_s, prompt: options.prompt, seed: options.seed });
  else if (process.stderr.isTTY) say(`${counted(tokens, 'token')}, ${formatRate(tokens_per_s)} tokens/s`);
  await drained();
  return EXIT.ok;
}

/** One text is a field of its own; several are a list. */
function texts(samples: readonly GeneratedSample[]): object {
  return samples.length === 1 ? { text: samples[0]!.text } : { samples };
}
