// Runs in a page: continues a text greedily with wllama, llama.cpp's build for browsers. continueText(bytes of a GGUF file,
// {"prompt", "n", "context"}) returns {"prompt_tokens", "tokens", "reused"}: how many ids the prompt has, the ids of the
// continuation, which it computes in two halves, and how many ids the second half found in the cache.
import { Wllama } from './node_modules/@wllama/wllama/esm/index.js';

const WASM = new URL('node_modules/@wllama/wllama/esm/wasm/wllama.wasm', import.meta.url).href;

export async function continueText(file, { prompt, n, context }) {
  const wllama = new Wllama({ default: WASM }, { suppressNativeLog: true });
  const settings = { n_ctx: context, n_threads: 1, n_parallel: 1, n_gpu_layers: 0 };
  await wllama.loadModel([new Blob([file])], settings);
  const greedy = { temperature: 0, ignore_eos: true, logprobs: 1 };
  const half = async (input, max_tokens) => {
    const { choices, usage, timings } = await wllama.createCompletion({
      ...greedy,
      prompt: input,
      max_tokens,
    });
    const [{ text, logprobs }] = choices;
    return { text, ids: logprobs.content.map(({ id }) => id), usage, timings };
  };
  const first = await half(prompt, n >> 1);
  const second = await half(prompt + first.text, n - (n >> 1));
  await wllama.exit();
  return {
    prompt_tokens: first.usage.prompt_tokens,
    tokens: [...first.ids, ...second.ids],
    reused: second.timings.cache_n,
  };
}
