// The formats in which a model can be exported. The command line's --to and its help, and the page's list, are made from
// this table; writers.ts has a writer for each row.

export interface ExportFormat {
  name: string;
  /** Its entry in the page's list; without one, the page has a button of its own. */
  label?: string;
  /** What it is and what reads it; completes "writes …". */
  help: string;
  /** The output's usual name; * is the model's name. */
  output: string;
  /** For a folder: what it holds, as patterns like that. An existing folder that holds anything else is not replaced. */
  folder?: readonly string[];
  /** Types of numbers to choose from, the first by default. */
  types?: readonly string[];
  /** Whether it needs a LoRA run's checkpoint. */
  adapter?: boolean;
}

/** What configures a model and its tokenizer for Hugging Face's programs. */
const HF_FILES = [
  'config.json',
  'generation_config.json',
  'tokenizer.json',
  'tokenizer_config.json',
] as const;

export const EXPORT_FORMATS = [
  {
    name: 'hf',
    label: 'Hugging Face folder',
    help: 'a folder for transformers and MLX: weights, configuration, tokenizer and model card',
    output: '*-hf',
    folder: [...HF_FILES, 'model.safetensors', 'README.md'],
  },
  {
    name: 'gguf',
    label: 'GGUF for llama.cpp, Ollama and LM Studio',
    help: 'a folder for llama.cpp, Ollama and LM Studio: a .gguf file, a Modelfile and how to open them',
    output: '*-gguf',
    folder: ['*.gguf', 'Modelfile', 'README.md'],
    types: ['f32', 'q8_0'],
  },
  {
    name: 'onnx',
    label: 'ONNX for onnxruntime',
    help: 'a folder for onnxruntime: a .onnx file with a key-value cache, configuration, tokenizer and how to open them',
    output: '*-onnx',
    folder: [...HF_FILES, '*.onnx', 'README.md'],
    types: ['f32', 'q8'],
  },
  {
    name: 'transformers.js',
    label: 'transformers.js folder',
    help: 'a folder for transformers.js, in web pages and Node: a .onnx file, configuration, tokenizer and how to open them',
    output: '*-transformers-js',
    folder: [...HF_FILES, 'onnx/*.onnx', 'README.md'],
    types: ['f32', 'q8'],
  },
  {
    name: 'html',
    label: 'Page that opens anywhere (.html)',
    help: 'one page with the model and the program in it, which generates in any browser without a network',
    output: '*.html',
    types: ['f32', 'int8'],
  },
  {
    name: 'npz',
    label: 'NumPy arrays (.npz)',
    help: 'the weights as arrays for numpy.load',
    output: '*.npz',
  },
  {
    name: 'safetensors',
    label: 'Weights alone (.safetensors)',
    help: 'the weights without the optimizer’s state, for mini-llm and PyTorch',
    output: '*-weights.safetensors',
  },
  {
    name: 'tokenizer',
    label: 'Tokenizer (tokenizer.json)',
    help: 'the tokenizer, for Hugging Face’s tokenizers',
    output: '*-tokenizer.json',
  },
  {
    name: 'peft',
    label: 'LoRA adapter for PEFT',
    help: 'a folder for PEFT with the LoRA adapter without its base model',
    output: '*-peft',
    folder: ['adapter_config.json', 'adapter_model.safetensors', 'README.md'],
    adapter: true,
  },
  {
    name: 'adapter',
    help: 'the LoRA adapter as one file, for “generate --adapter”',
    output: '*-adapter.safetensors',
    adapter: true,
  },
] as const satisfies readonly ExportFormat[];

export type ExportFormatName = (typeof EXPORT_FORMATS)[number]['name'];

/** The formats that are one file. */
export type FileFormatName = Exclude<(typeof EXPORT_FORMATS)[number], { folder: unknown }>['name'];

/** A row of the table. */
export type ExportRow = ExportFormat & { name: ExportFormatName };

export function exportFormat(name: ExportFormatName): ExportRow {
  return EXPORT_FORMATS.find((format) => format.name === name)!;
}

/** The usual name of the output; each type of numbers has its own. */
export function outputName(
  { output, types, folder }: ExportFormat,
  model: string,
  type = types?.[0],
): string {
  const ofType = type === types?.[0] ? '' : `-${type}`;
  return folder
    ? `${output.replace('*', () => model)}${ofType}`
    : output.replace('*', () => `${model}${ofType}`);
}
