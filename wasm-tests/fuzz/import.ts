// Folders of models in which numbers, texts and bytes are changed: each opens, or is refused with a sentence.

import { importModel, type ModelPart } from '../../web/engine/import/import.ts';
import { loadNodeEngine } from '../../web/engine/node.ts';
import { foreignTokenizer, GPT2, part, QWEN3, safetensors, shards, weightsFor } from '../helpers/hf.ts';
import { Bytes } from './bytes.ts';
import { requireSentence } from './sentence.ts';

const merges: [number, number][] = Array.from({ length: 40 }, (_, i) => [
  97 + (i % 26),
  i < 26 ? 32 : 256 + (i - 26),
]);
const added = [{ content: '<|endoftext|>' }, { content: '<think>', special: false }];

/** A folder with all files that the importer reads. */
function folder(config: object, qwen: boolean, pieces: number): ModelPart[] {
  const { json, size } = foreignTokenizer(merges, added, qwen);
  const whole = { ...config, vocab_size: size + 3 };
  const tensors = weightsFor(whole);
  const weights =
    pieces > 1 ? shards(tensors, 'BF16', pieces) : [part('model.safetensors', safetensors(tensors, 'F16'))];
  const generation = part('generation_config.json', { eos_token_id: [size - 2] });
  return [part('config.json', whole), part('tokenizer.json', json), generation, ...weights];
}

const FOLDERS = [folder(GPT2, false, 1), folder(QWEN3, true, 2)];
const engine = await loadNodeEngine({ variant: 'baseline' });

export async function fuzz(data: Uint8Array): Promise<void> {
  const bytes = new Bytes(data);
  const parts = [...bytes.of(FOLDERS)];
  while (bytes.left > 0) {
    const at = bytes.next() % parts.length;
    const changed = await changedPart(parts[at]!, bytes);
    parts.splice(at, 1, ...changed);
    if (parts.length === 0) return;
  }
  try {
    using model = engine.loadModel((await importModel(parts)).bytes);
    model.logits(model.tokenizer().encode('an end').subarray(0, 1));
  } catch (error) {
    requireSentence(error);
  }
}

async function changedPart(original: ModelPart, bytes: Bytes): Promise<ModelPart[]> {
  const { path, size } = original;
  const content = await original.read(0, size);
  switch (bytes.next() % 8) {
    case 0:
      return bytes.next() % 8 === 0
        ? []
        : [part(path, content.slice(0, (bytes.number() >>> 0) % (size + 1)))];
    case 1:
      if (size > 0) content[(bytes.number() >>> 0) % size] = bytes.next();
      return [part(path, content)];
    default:
      return [part(path, changedJson(content, bytes))];
  }
}

/** Of a file of weights, the header is changed. */
function changedJson(content: Uint8Array, bytes: Bytes): Uint8Array | object {
  const begin = content[0] === 0x7b ? 0 : 8;
  if (content.length < begin) return content;
  const view = new DataView(content.buffer, content.byteOffset);
  const end = begin === 0 ? content.length : begin + view.getUint32(0, true);
  let json: unknown;
  try {
    json = JSON.parse(Buffer.from(content.subarray(begin, end)).toString());
  } catch {
    return content;
  }
  const changed = new TextEncoder().encode(JSON.stringify(changedValue(json, bytes)) ?? 'null');
  const length = new Uint8Array(8);
  new DataView(length.buffer).setUint32(0, changed.length, true);
  return begin === 0 ? changed : Buffer.concat([length, changed, content.subarray(end)]);
}

/** The value with something inside it replaced, removed or copied. */
function changedValue(value: unknown, bytes: Bytes): unknown {
  if (typeof value !== 'object' || value === null || bytes.next() % 16 === 0) return otherValue(value, bytes);
  const entries = Object.entries(value as Record<string, unknown>);
  if (entries.length === 0) return otherValue(value, bytes);
  const at = (entries.length > 256 ? bytes.number() >>> 0 : bytes.next()) % entries.length;
  const [key, inner] = entries[at]!;
  const action = bytes.next() % 8;
  if (action === 0) entries.splice(at, 1);
  else if (action === 1) entries.push([bytes.text(), inner]);
  else if (action === 2) entries.push([bytes.of(entries)[0], bytes.of(entries)[1]]);
  else entries[at] = [key, changedValue(inner, bytes)];
  return Array.isArray(value) ? entries.map(([, each]) => each) : Object.fromEntries(entries);
}

const VALUES: readonly unknown[] = [
  null, true, false, 0, 1, -1, 2, 0.5, 1e9, 1e99, 2 ** 31, 2 ** 32, 2 ** 53, '', '0', 'a', '\u0000', '🦙', [], [[]], {}, [0],
  ['a', 'b'], { a: 1 }, '__proto__', 'constructor', 'length',
]; // prettier-ignore

function otherValue(value: unknown, bytes: Bytes): unknown {
  const action = bytes.next() % 4;
  if (action === 0 && typeof value === 'number') return value + (bytes.next() - 128);
  if (action === 1 && typeof value === 'string') return value + bytes.text();
  if (action === 2) return bytes.next() % 2 === 0 ? bytes.number() : bytes.text();
  return bytes.of(VALUES);
}
