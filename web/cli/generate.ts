// mini-llm generate: a model file in, text out, as it comes.

import { counted } from '../engine/words.ts';
import { randomInt } from 'node:crypto';
import type { Command } from 'commander';
import { sampleOptions } from '../engine/convert.ts';
import { generateText, promptNote, withPiece, type GeneratedSample } from '../engine/generate.ts';
import { defaults, optionSpec, type OptionName } from '../engine/options.ts';
import { checked } from '../engine/validate.ts';
import { loadCore } from './core.ts';
import { EXIT, Failure, type ExitCode } from './exit.ts';
import { readInput, reason } from './files.ts';
import { aboutFile, addFlags, asUsage, givenOptions } from './flags.ts';
import { formatSpeed } from './format.ts';
import { addPromptFile, withPromptFile, type PromptFlags } from './prompt.ts';
import { SamplesOutput } from './put-samples.ts';
import { drained, outputLost, putJson, say } from './terminal.ts';

const SEEDS = optionSpec('seed').max! + 1;

const RUN_FLAGS: readonly OptionName[] = ['threads', 'variant', 'reproducible'];

export function addGenerate(program: Command, end: (code: ExitCode) => void): void {
  const command = program
    .command('generate')
    .description('generate text with a saved model')
    .argument('<model>', 'a file that "train" has saved')
    .option('--adapter <file>', 'merge an adapter into the model, as "info --adapter" has written it')
    .option(
      '--json',
      'print one JSON object {text, tokens, tokens_per_s, prompt, seed} at the end; with several samples, {samples: [{text, …}, …], …}',
    );
  addFlags(command, ['sample'], RUN_FLAGS, { seed: 'a new one each time, which is told' });
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
  const options = asUsage(() => checked({ ...defaults(), seed: randomInt(SEEDS) }, given));
  const bytes = readInput(file, 'a saved model');
  const learnt = adapter === undefined ? undefined : readInput(adapter, 'an adapter');
  const engine = await loadCore(options);
  using model = aboutFile(file, () => engine.loadModel(bytes));
  if (adapter !== undefined && learnt) aboutFile(adapter, () => model.applyAdapter(learnt));
  const note = promptNote(model.tokenizer().encode(options.prompt).length, model.config().seq_len);
  if (note !== undefined) say(note);
  if (!flags.json && given.seed === undefined)
    say(`The seed is ${options.seed}; --seed ${options.seed} generates this text again.`);
  const output = flags.json ? undefined : new SamplesOutput(options.n, options.prompt);
  let samples: GeneratedSample[] = [];
  let last = { tokens: 0, tokens_per_s: 0 };
  for await (const piece of generateText(engine, model, sampleOptions(options), options.prompt)) {
    samples = withPiece(samples, piece);
    last = piece;
    output?.take(samples);
    await drained();
    const lost = outputLost();
    if (lost === 'reader') return EXIT.ok;
    if (lost !== undefined) throw new Failure(`The text cannot be written: ${reason(lost)}.`);
  }
  const { tokens, tokens_per_s } = last;
  if (flags.json)
    putJson({ ...texts(samples), tokens, tokens_per_s, prompt: options.prompt, seed: options.seed });
  else if (process.stderr.isTTY) say(`${counted(tokens, 'token')}, ${formatSpeed(tokens_per_s)}`);
  await drained();
  return EXIT.ok;
}

/** One text by itself, as most people want it; several as a list. */
function texts(samples: readonly GeneratedSample[]): object {
  return samples.length === 1 ? { text: samples[0]!.text } : { samples };
}
