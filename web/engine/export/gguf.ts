// A folder with a GGUF file, for llama.cpp and the programs around it.

import { aboutContext, aboutModel } from './model-card.ts';
import type { ExportedFile, ExportSource } from './source.ts';

export function ggufFolder(source: ExportSource): ExportedFile[] {
  const { name, type, model } = source;
  const file = `${name}-${type}.gguf`;
  return [
    { name: file, content: model.gguf(name, type === 'q8_0') },
    { name: 'Modelfile', content: modelfile(source, file) },
    { name: 'README.md', content: readme(source, file) },
  ];
}

/** The template passes the prompt on as it is: without one, Ollama would wrap it as a chat. */
function modelfile({ info }: ExportSource, file: string): string {
  const { seq_len } = info.config;
  return `FROM ./${file}
TEMPLATE "{{ .Prompt }}"
PARAMETER num_ctx ${seq_len}
PARAMETER num_predict ${seq_len}
PARAMETER stop "<|endoftext|>"
`;
}

/** Rows that are no whole blocks of 32. */
function unquantized({ n_embd, n_inner }: ExportSource['info']['config']): string {
  const widths = Object.entries({ n_embd, n_inner }).filter(([, width]) => width % 32 !== 0);
  return widths.map(([name, width]) => `${name} ${width}`).join(' and ');
}

function aboutType({ type, info }: ExportSource): string {
  if (type === 'f32') return 'The weights are float32, as they were trained.';
  const kept = unquantized(info.config);
  return (
    'Matrices are q8_0: blocks of 32 int8 numbers with a common scale.' +
    (kept === '' ? '' : ` Rows that are no multiple of 32 (${kept}) stay float32.`)
  );
}

function aboutLimit({ info }: ExportSource): string {
  const { arch, seq_len } = info.config;
  return arch === 'gpt2'
    ? `**Do not open it with a larger context than ${seq_len}**: past its learned positions llama.cpp aborts.`
    : `Give it a context of ${seq_len}: it was trained on no longer one.`;
}

function readme(source: ExportSource, file: string): string {
  const { name, info } = source;
  const { seq_len } = info.config;
  return `# ${name}

${aboutModel(source)} ${aboutType(source)}

${aboutContext(source)} ${aboutLimit(source)} It continues a text and knows no chat and no end of a text: bound the number of
tokens.

- **llama.cpp**: \`llama-completion -m ${file} -c ${seq_len} -n ${seq_len} -p "Once"\`
  (older versions: \`llama-cli -no-cnv …\`)
- **Ollama**: \`ollama create ${name} -f Modelfile\`, then \`ollama run ${name} "Once"\`
- **LM Studio**: copy the file to \`~/.lmstudio/models/mini-llm/${name}/${file}\`, set the context length to ${seq_len} when
  you load it, and use it for completions
`;
}
