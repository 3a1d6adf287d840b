// Continues a text greedily with llama.cpp: node llama.mjs FILE.gguf < {"prompt", "n", "context"} prints {"prompt", "tokens",
// "held"}: the ids of both, and how many its context holds at the end.
import { getLlama } from 'node-llama-cpp';

const chunks = [];
for await (const chunk of process.stdin) chunks.push(chunk);
const { prompt, n, context: contextSize } = JSON.parse(Buffer.concat(chunks).toString());

const llama = await getLlama({ gpu: false, build: 'never', skipDownload: true, logLevel: 'error' });
const model = await llama.loadModel({ modelPath: process.argv[2] });
const context = await model.createContext({ contextSize, threads: 1 });
const tokens = [];
const ids = model.tokenize(prompt);
const sequence = context.getSequence();
const next = sequence.evaluate(ids, { temperature: 0, yieldEogTokens: true });
while (tokens.length < n) tokens.push((await next.next()).value);
console.log(JSON.stringify({ prompt: ids, tokens, held: sequence.nextTokenIndex }));
await llama.dispose();
