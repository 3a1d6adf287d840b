// README.md of an exported model: how to load it, how it was trained, what it is.

import { counted, formatCount, formatLoss, formatParameters } from '../format.ts';
import type { ExportSource } from './source.ts';

/** `use` says how the library opens the folder. */
export function modelCard(source: ExportSource, library: string, use: string): string {
  return `---
library_name: ${library}
pipeline_tag: text-generation
tags:
  - mini-llm
---

# ${source.name}

${aboutModel(source)}

## Use

${use}

${aboutContext(source)}

## Training

${aboutTraining(source)}`;
}

/** One sentence about the model's shape. */
export function aboutModel({ info }: ExportSource): string {
  const { arch, n_layer, n_head, n_embd, vocab_size } = info.config;
  const architecture = { gpt2: 'GPT-2', qwen3: 'Qwen3' }[arch];
  const tokens = info.tokenizer === 'byte' ? 'bytes' : `a byte-pair vocabulary of ${vocab_size} tokens`;
  return (
    `A language model of ${architecture}’s architecture with ${formatParameters(info.n_parameters)} parameters ` +
    `(${counted(n_layer, 'layer')}, ${counted(n_head, 'head')}, width ${n_embd}) on ${tokens}, ` +
    (info.options === null ? 'saved by mini-llm.' : 'trained by mini-llm on one text.')
  );
}

/** What the context means for generation. */
export function aboutContext({ info }: ExportSource): string {
  const { arch, seq_len } = info.config;
  return arch === 'gpt2'
    ? `Prompt and generated text together have at most ${seq_len} tokens.`
    : `Each token sees the last ${seq_len} tokens; the text may go on past them.`;
}

function aboutTraining({ info, step, bitsPerByte }: ExportSource): string {
  const { options, corpus_sha256 } = info;
  if (options === null) return 'The file held the weights alone, without a record of their training.\n';
  const rows = [
    [
      'Weights',
      `of step ${formatCount(step)}; the run has ${formatCount(info.step)} of ${formatCount(options.max_steps)} steps`,
    ],
    ['Validation loss', bitsPerByte === null ? 'unknown' : `${formatLoss(bitsPerByte)} bits per byte`],
    ['Text', corpus_sha256 === '' ? 'unknown' : `SHA-256 \`${corpus_sha256}\``],
  ];
  return `| | |
| --- | --- |
${rows.map(([name, value]) => `| ${name} | ${value} |`).join('\n')}

Its options:

\`\`\`json
${JSON.stringify({ ...info.config, ...options }, null, 2)}
\`\`\`
`;
}
