// Logits by onnxruntime: node onnx.mjs FILE.onnx < [{"texts": [[id, …], …], "pieces": [n, …]}, …] prints for each request the
// rows of logits of each text. The texts are one batch, padded on the left, and are computed in pieces of so many positions,
// each with the cache of those before.
import { InferenceSession, Tensor } from 'onnxruntime-node';

const chunks = [];
for await (const chunk of process.stdin) chunks.push(chunk);
const requests = JSON.parse(Buffer.concat(chunks).toString());

const session = await InferenceSession.create(process.argv[2], { intraOpNumThreads: 1 });

const answers = [];
for (const { texts, pieces } of requests) answers.push(await logitsOf(texts, pieces));
console.log(JSON.stringify(answers));

async function logitsOf(texts, pieces) {
  const length = Math.max(...texts.map((ids) => ids.length));
  const padding = texts.map((ids) => length - ids.length);
  let cache = emptyCache(texts.length);
  const rows = texts.map(() => []);
  let end = 0;
  for (const size of pieces) {
    const begin = end;
    end += size;
    // Padding has any valid id and position.
    const { logits, ...present } = await session.run({
      input_ids: grid(texts, begin, end, (row, at) => texts[row][at - padding[row]] ?? 7),
      position_ids: grid(texts, begin, end, (row, at) => Math.max(0, at - padding[row])),
      attention_mask: grid(texts, 0, end, (row, at) => (at < padding[row] ? 0 : 1)),
      ...cache,
    });
    cache = Object.fromEntries(
      Object.entries(present).map(([name, tensor]) => [name.replace('present', 'past_key_values'), tensor]),
    );
    const width = logits.dims[2];
    rows.forEach((found, row) => {
      for (let at = Math.max(begin, padding[row]); at < end; at++) {
        const from = (row * size + at - begin) * width;
        found.push([...logits.data.subarray(from, from + width)]);
      }
    });
  }
  return rows;
}

function grid(texts, begin, end, valueOf) {
  const width = end - begin;
  const values = texts.flatMap((_, row) =>
    Array.from({ length: width }, (_, i) => BigInt(valueOf(row, begin + i))),
  );
  return new Tensor('int64', BigInt64Array.from(values), [texts.length, width]);
}

function emptyCache(batch) {
  const pasts = session.inputMetadata.filter(({ name }) => name.startsWith('past_key_values'));
  return Object.fromEntries(
    pasts.map(({ name, shape: [, heads, , dim] }) => [
      name,
      new Tensor('float32', new Float32Array(0), [batch, heads, 0, dim]),
    ]),
  );
}
