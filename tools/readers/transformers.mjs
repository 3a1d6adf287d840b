// Greedy texts by transformers.js, without a network: node transformers.mjs FOLDER < {"prompts", "n", "encode"} prints {"texts",
// "ids"}: the continuations of the prompts, as one batch, by n tokens each, and the ids of the text `encode`.
import path from 'node:path';
import { env, pipeline } from '@huggingface/transformers';

const chunks = [];
for await (const chunk of process.stdin) chunks.push(chunk);
const { prompts, n, encode } = JSON.parse(Buffer.concat(chunks).toString());

const folder = path.resolve(process.argv[2]);
env.allowRemoteModels = false;
env.localModelPath = path.dirname(folder);
const generator = await pipeline('text-generation', path.basename(folder), {
  session_options: { intraOpNumThreads: 1 },
});
const results = await generator(prompts, { max_new_tokens: n, do_sample: false, return_full_text: false });
console.log(
  JSON.stringify({
    texts: results.map(([{ generated_text }]) => generated_text),
    ids: generator.tokenizer.encode(encode),
  }),
);
