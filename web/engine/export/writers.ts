// The writer of each format in formats.ts.

import { tokenizerJson } from '../tokenizer-json.ts';
import type { ExportedFile, ExportSource } from './source.ts';
import type { ExportFormatName } from './formats.ts';
import { ggufFolder } from './gguf.ts';
import { hfFolder } from './hf.ts';
import { htmlPage } from './html.ts';
import { onnxFolder, transformersJsFolder } from './onnx.ts';
import { peftFolder } from './peft.ts';

type Writer = (source: ExportSource) => ExportedFile[];

export const WRITERS: Readonly<Record<ExportFormatName, Writer>> = {
  hf: hfFolder,
  gguf: ggufFolder,
  onnx: onnxFolder,
  'transformers.js': transformersJsFolder,
  peft: peftFolder,
  html: htmlPage,
  npz: ({ name, model }) => [{ name: `${name}.npz`, content: model.npz() }],
  safetensors: ({ name, model }) => [{ name: `${name}.safetensors`, content: model.save() }],
  tokenizer: ({ info }) => [{ name: 'tokenizer.json', content: tokenizerJson(info.merges ?? [], info) }],
  adapter: ({ engine, file }) => [{ name: 'adapter.safetensors', content: engine.saveAdapter(file) }],
};
