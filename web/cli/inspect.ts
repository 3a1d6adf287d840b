// mini-llm inspect: looks inside a model while it reads a text.

import type { Command } from 'commander';
import { cacheRace, noRace, withPart, type RaceResult } from '../engine/cache-race.ts';
import { sampleOptions } from '../engine/convert.ts';
import type { Model } from '../engine/core-objects.ts';
import { counted, formatLoss, percent } from '../engine/format.ts';
import { generateText } from '../engine/generate.ts';
import { embeddingMap, neighbors, type EmbeddingMap, type Neighbor } from '../engine/embeddings.ts';
import type { Engine } from '../engine/engine.ts';
import { headText } from '../engine/heads.ts';
import {
  ablation,
  attention,
  cutToContext,
  followed,
  lens,
  nextTokens,
  type AblationTable,
  type Attention,
  type LensRow,
  type NextTokens,
} from '../engine/inspect.ts';
import { defaults, type OptionName, type Options } from '../engine/options.ts';
import { readable } from '../engine/token-pieces.ts';
import { checked } from '../engine/validate.ts';
import { loadCore } from './core.ts';
import { raceTable } from './cache-race-table.ts';
import { EXIT, Failure, type ExitCode } from './exit.ts';
import { addFlags, givenOptions, withFileName, withUsageErrors } from './flags.ts';
import { addPromptFile, withPromptFile, type PromptFlags } from './inputs.ts';
import { readModel } from './model-input.ts';
import { drained, print, printJson, say, textTable } from './terminal.ts';

/** Candidates shown after the text, and after each layer. */
const NEXT = 10;
const PER_LAYER = 5;

const FILTERS: readonly OptionName[] = ['prompt', 'temp', 'top_k', 'top_p', 'min_p', 'repetition_penalty'];

export function addInspect(program: Command, end: (code: ExitCode) => void): void {
  const command = program
    .command('inspect')
    .description('look inside a model: what could come next after a text, and why')
    .argument('<model>', 'a model file, or a folder with a GPT-2 or Qwen3 of another program')
    .option('--attention', 'show where each head looks')
    .option('--lens', 'show what each layer would say next')
    .option('--ablate', 'show how the loss of the text changes without each head and each layer')
    .option('--embeddings', 'show which tokens the model keeps near those of the text')
    .option(
      '--cache_race',
      'generate with the KV cache and without it, and show the speed of each and what it computes',
    )
    .option('--json', 'print one JSON object, with every number');
  addFlags(command, [], [...FILTERS, 'max_new_tokens', 'seed', 'int8', 'threads', 'variant', 'reproducible']);
  addPromptFile(command);
  command.action(async (file: string, flags: Flags) => end(await inspect(file, flags)));
}

interface Flags extends PromptFlags {
  attention?: true;
  lens?: true;
  ablate?: true;
  embeddings?: true;
  cache_race?: true;
  json?: true;
}

/** The parts that were asked for. */
interface Found {
  tokens: { id: number; text: string; probability: number | undefined }[];
  next: NextTokens;
  attention?: Attention;
  lens?: LensRow[];
  ablation?: AblationTable;
  embeddings?: EmbeddingMap & { neighbors: Neighbor[][] };
  cache_race?: RaceResult;
}

async function inspect(file: string, flags: Flags): Promise<ExitCode> {
  const given = await withPromptFile(givenOptions(flags as Readonly<Record<string, unknown>>), flags);
  const options = withUsageErrors(() => checked(defaults(), given));
  if (options.prompt === '')
    throw new Failure('Give a text to look at with --prompt or --prompt_file.', EXIT.usage);
  const bytes = await readModel(file);
  const engine = await loadCore(options);
  using model = withFileName(file, () => engine.loadModel(bytes));
  const all = [...model.tokenizer().encode(options.prompt)];
  const tokens = cutToContext(model, all);
  if (tokens.length < all.length)
    say(`The text has ${counted(all.length, 'token')}; the model sees the last ${tokens.length} of them.`);
  if (flags.ablate && tokens.length < 2)
    throw new Failure(
      `--ablate compares losses, which need two tokens or more, and the text has ${tokens.length}.`,
      EXIT.usage,
    );
  const probabilities = followed(model, { tokens });
  const found: Found = {
    tokens: tokens.map((id, i) => ({ id, text: textOf(model, id), probability: probabilities[i] })),
    next: nextTokens(model, { tokens }, sampleOptions(options), NEXT),
    ...(flags.attention && { attention: attention(model, { tokens }) }),
    ...(flags.lens && { lens: lens(model, { tokens }, PER_LAYER) }),
    ...(flags.ablate && { ablation: ablation(model, { tokens }) }),
    ...(flags.embeddings && { embeddings: embeddingsOf(model, tokens) }),
    ...(flags.cache_race && {
      cache_race: await race(engine, model, { ...options, ...fillContext(model, given) }),
    }),
  };
  if (flags.json) printJson(withRows(found));
  else print(sections(found).join('\n'));
  await drained();
  return EXIT.ok;
}

/** A map of the text's tokens, and the nearest tokens of the whole vocabulary for each. */
function embeddingsOf(model: Model, tokens: readonly number[]): NonNullable<Found['embeddings']> {
  const own = [...new Set(tokens)];
  const every = Array.from({ length: model.config().vocab_size }, (_, id) => id);
  return {
    ...embeddingMap(model, own),
    neighbors: own.map((id) => neighbors(model, id, every, PER_LAYER)),
  };
}

/** The race writes one context of tokens, unless another number is given. */
function fillContext(model: Model, given: Partial<Options>): Pick<Options, 'max_new_tokens'> {
  return { max_new_tokens: given.max_new_tokens ?? model.config().seq_len };
}

async function race(engine: Engine, model: Model, options: Options): Promise<RaceResult> {
  let result = noRace();
  const parts = cacheRace(
    (...args) => generateText(engine, model, ...args),
    sampleOptions(options),
    options.prompt,
  );
  for await (const part of parts) result = withPart(result, part);
  return result;
}

function textOf(model: Model, id: number): string {
  return readable(model.tokenizer().decode(id));
}

/** Bytes as a list, and attention as nested lists [layer][head][query][key], which JSON readers take as arrays. */
function withRows({ attention: seen, ...rest }: Found): object {
  const candidates = rest.next.candidates.map((candidate) => ({ ...candidate, bytes: [...candidate.bytes] }));
  const found = { ...rest, next: { ...rest.next, candidates } };
  if (!seen) return found;
  const { n_layer, n_head, n_tokens, weights, notes } = seen;
  const row = (at: number): number[] => [...weights.subarray(at * n_tokens, (at + 1) * n_tokens)];
  const list = <T>(n: number, make: (i: number) => T): T[] => Array.from({ length: n }, (_, i) => make(i));
  const rows = list(n_layer, (l) =>
    list(n_head, (h) => list(n_tokens, (i) => row((l * n_head + h) * n_tokens + i))),
  );
  return { ...found, attention: { weights: rows, heads: notes } };
}

function sections(found: Found): string[] {
  return [
    nextTable(found.next),
    ...(found.lens ? [lensTable(found.lens)] : []),
    ...(found.attention ? [attentionTable(found.attention, found.tokens)] : []),
    ...(found.ablation ? [ablationTable(found.ablation)] : []),
    ...(found.embeddings ? [embeddingsTable(found.embeddings)] : []),
    ...(found.cache_race ? [raceTable(found.cache_race)] : []),
  ];
}

/** A bar of at most 20 characters. */
function bar(share: number): string {
  return '█'.repeat(Math.round(20 * share));
}

/** A token in quotes, with line feeds and other controls escaped as in JSON. */
function quoted(text: string): string {
  return JSON.stringify(text);
}

function nextTable({ candidates, kept, vocab_size }: NextTokens): string {
  return textTable({
    title: `Next token: ${counted(kept, 'token')} of ${vocab_size} can be drawn.`,
    head: ['token', 'model', '', 'sampler', ''],
    rows: candidates.map(({ text, before, after }) => [
      quoted(text),
      percent(before, 1),
      bar(before).padEnd(20),
      after === 0 ? 'dropped' : percent(after, 1),
      bar(after),
    ]),
    words: 1,
  });
}

function lensTable(rows: readonly LensRow[]): string {
  return textTable({
    title: 'What each layer would say next:',
    head: ['after', 'likeliest tokens'],
    rows: rows.map(({ layer, candidates }) => [
      layer === 0 ? 'embedding' : `layer ${layer}`,
      candidates.map(({ text, probability }) => `${quoted(text)} ${percent(probability, 1)}`).join('  '),
    ]),
    words: 2,
  });
}

function embeddingsTable({ tokens, neighbors }: NonNullable<Found['embeddings']>): string {
  return textTable({
    title: 'The nearest tokens to those of the text, by the cosine of their embeddings:',
    head: ['token', 'group', 'nearest tokens'],
    rows: tokens.map(({ text, group }, i) => [
      quoted(text),
      group,
      neighbors[i]!.map((near) => `${quoted(near.text)} ${near.similarity.toFixed(2)}`).join('  '),
    ]),
    words: 3,
  });
}

/** For each head what it does, and the tokens that the last one looked at most. */
function attentionTable({ n_head, n_tokens, weights, notes }: Attention, tokens: Found['tokens']): string {
  const lookedAt = (layer: number, head: number): string => {
    const at = ((layer * n_head + head) * n_tokens + n_tokens - 1) * n_tokens;
    return [...weights.subarray(at, at + n_tokens)]
      .map((weight, i) => ({ weight, i }))
      .sort((a, b) => b.weight - a.weight)
      .slice(0, 3)
      .map(({ weight, i }) => `${quoted(tokens[i]!.text)} at ${i + 1}, ${percent(weight, 1)}`)
      .join('; ');
  };
  return textTable({
    title: 'Where each head looks, and what the last token takes most from:',
    head: ['layer', 'head', 'looks', 'last token'],
    rows: notes.flatMap((heads, layer) =>
      heads.map((note, head) => [
        `${layer + 1}`,
        `${head + 1}`,
        headText(note).replace('looks ', ''),
        lookedAt(layer, head),
      ]),
    ),
    words: 4,
  });
}

function ablationTable({ loss, heads, layers }: AblationTable): string {
  const change = (by: number): string => `${by < 0 ? '−' : '+'}${formatLoss(Math.abs(by))}`;
  return textTable({
    title: `The loss of this text is ${formatLoss(loss)} nats per token. Without a part it changes by:`,
    head: ['', 'all', ...(heads[0] ?? []).map((_, head) => `head ${head + 1}`)],
    rows: layers.map((layer, i) => [`layer ${i + 1}`, change(layer), ...heads[i]!.map(change)]),
    words: 1,
  });
}
