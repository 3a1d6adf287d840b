// tokenizer.json, as Hugging Face's tokenizers read it: byte-level BPE with our ids, in which token i < 256 is byte i.

/** Merge i joins a pair of tokens into token 256 + i; without merges tokens are bytes. */
export function tokenizerJson(merges: readonly (readonly [number, number])[]): string {
  const tokens = byteCharacters();
  const pairs = merges.map(([first, second]) => {
    tokens.push(`${tokens[first]}${tokens[second]}`);
    return `${tokens[first]} ${tokens[second]}`;
  });
  // GPT-2's split into words, which only merges need.
  const byteLevel = {
    type: 'ByteLevel',
    add_prefix_space: false,
    trim_offsets: true,
    use_regex: merges.length > 0,
  };
  return JSON.stringify({
    version: '1.0',
    truncation: null,
    padding: null,
    added_tokens: [],
    normalizer: null,
    pre_tokenizer: byteLevel,
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

/** GPT-2's bytes_to_unicode: a visible character for each byte, its own where it has one that is no space. */
function byteCharacters(): string[] {
  let nextCodepoint = 256;
  return Array.from({ length: 256 }, (_, byte) =>
    String.fromCodePoint(isVisible(byte) ? byte : nextCodepoint++),
  );
}

function isVisible(byte: number): boolean {
  return (byte >= 0x21 && byte <= 0x7e) || (byte >= 0xa1 && byte <= 0xff && byte !== 0xad);
}
