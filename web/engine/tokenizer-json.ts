// tokenizer.json, as Hugging Face's tokenizers read it: byte-level BPE with our ids, in which token i < 256 is byte i.

import type { CheckpointInfo, ExtraToken } from './checkpoint-info.ts';

/** The patterns of the splits into words, by their names in cpp/text/split.h; GPT-2's is ByteLevel's own. */
const SPLITS: Readonly<Record<string, string>> = {
  gpt2: String.raw`'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+`,
  qwen2: String.raw`(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+`,
};

/** The name of the split with this pattern. */
export function splitOf(pattern: string): string | undefined {
  return Object.keys(SPLITS).find((name) => SPLITS[name] === pattern);
}

/** Merge i joins a pair of tokens into token 256 + i; without merges tokens are bytes. */
export function tokenizerJson(
  merges: readonly (readonly [number, number])[],
  { split = 'gpt2', extra_tokens = [] }: Pick<CheckpointInfo, 'split' | 'extra_tokens'> = {},
): string {
  const tokens = byteCharacters();
  const pairs = merges.map(([first, second]) => {
    tokens.push(`${tokens[first]}${tokens[second]}`);
    return `${tokens[first]} ${tokens[second]}`;
  });
  const byteLevel = {
    type: 'ByteLevel',
    add_prefix_space: false,
    trim_offsets: true,
    use_regex: merges.length > 0 && split === 'gpt2',
  };
  return JSON.stringify({
    version: '1.0',
    truncation: null,
    padding: null,
    added_tokens: extra_tokens.flatMap((token, i) => addedToken(token, tokens.length + i)),
    normalizer: null,
    pre_tokenizer: split === 'gpt2' ? byteLevel : splitBefore(byteLevel, split),
    post_processor: null,
    decoder: byteLevel,
    model: {
      type: 'BPE',
      dropout: null,
      unk_token: null,
      continuing_subword_prefix: null,
      end_of_word_suffix: null,
      fuse_unk: false,
      byte_fallback: false,
      ignore_merges: false,
      vocab: Object.fromEntries(tokens.map((token, id) => [token, id])),
      merges: pairs,
    },
  });
}

function splitBefore(byteLevel: object, split: string): object {
  const pattern = { Regex: SPLITS[split] };
  const isolated = { type: 'Split', pattern, behavior: 'Isolated', invert: false };
  return { type: 'Sequence', pretokenizers: [isolated, byteLevel] };
}

function addedToken({ text, kind }: ExtraToken, id: number): object[] {
  if (kind === 'unused') return [];
  const flags = { single_word: false, lstrip: false, rstrip: false, normalized: false };
  return [{ id, content: text, ...flags, special: kind !== 'text' }];
}

/** GPT-2's bytes_to_unicode: a visible character for each byte, its own where it has one that is no space. */
export function byteCharacters(): string[] {
  let nextCodepoint = 256;
  return Array.from({ length: 256 }, (_, byte) =>
    String.fromCodePoint(isVisible(byte) ? byte : nextCodepoint++),
  );
}

function isVisible(byte: number): boolean {
  return (byte >= 0x21 && byte <= 0x7e) || (byte >= 0xa1 && byte <= 0xff && byte !== 0xad);
}
