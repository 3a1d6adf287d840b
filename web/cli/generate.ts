// mini-llm generate: a model file in, text out, as it comes.

import type { Command } from 'commander';
import { sampleOptions } from '../engine/convert.ts';
import { generateText, promptNote } from '../engine/generate.ts';
import { loadNodeEngine } from '../engine/node.ts';
import { defaults, type OptionName } from '../engine/options.ts';
import { checked } from '../engine/validate.ts';
import { EXIT, Failure, type ExitCode } from './exit.ts';
import { readInput, reason } from './files.ts';
import { aboutFile, addFlags, asUsage, givenOptions } from './flags.ts';
import { formatCount, formatSpeed } from './format.ts';
import { drained, outputLost, put, putJson, say, strong } from './terminal.ts';

const RUN_FLAGS: readonly OptionName[] = ['threads', 'variant', 'reproducible'];

export function addGenerate(program: Command, end: (code: ExitCode) => void): void {
  const command = program
    .command('generate')
    .description('generate text with a saved model')
    .argument('<model>', 'a file that "train" has saved')
    .option('--json', 'print one JSON object {text, tokens, tokens_per_s} at the end');
  addFlags(command, ['sample'], RUN_FLAGS);
  command.action(async (file: string, flags: { json?: true }) => end(await generate(file, flags)));
}

async function generate(file: string, flags: { json?: true }): Promise<ExitCode> {
  const given = givenOptions(flags);
  const options = asUsage(() => checked(defaults(), given));
  const bytes = readInput(file, 'a saved model');
  const engine = await loadNodeEngine(options);
  using model = aboutFile(file, () => engine.loadModel(bytes));
  const note = promptNote(model.tokenizer().encode(options.prompt).length, model.config().max_len);
  if (note !== undefined) say(note);
  const stream = flags.json !== true;
  // On a terminal the prompt is shown before its continuation; stdout itself carries the continuation alone.
  if (stream && process.stdout.isTTY && options.prompt !== '') process.stderr.write(strong(options.prompt));
  let text = '';
  let last = { tokens: 0, tokens_per_s: 0 };
  for await (const piece of generateText(engine, model, sampleOptions(options), options.prompt)) {
    text += piece.text;
    last = piece;
    if (stream) put(piece.text);
    await drained();
    const lost = outputLost();
    if (lost === 'reader') return EXIT.ok;
    if (lost !== undefined) throw new Failure(`The text cannot be written: ${reason(lost)}.`);
  }
  if (stream) sayEnd(text, last);
  else putJson({ text, tokens: last.tokens, tokens_per_s: last.tokens_per_s, prompt: options.prompt });
  await drained();
  return EXIT.ok;
}

function sayEnd(text: string, last: { tokens: number; tokens_per_s: number }): void {
  if (process.stdout.isTTY && !text.endsWith('\n')) put('\n');
  if (process.stderr.isTTY) say(`${formatCount(last.tokens)} tokens, ${formatSpeed(last.tokens_per_s)}`);
}
