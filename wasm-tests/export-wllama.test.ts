// Exported GGUF files in wllama, llama.cpp's build for browsers, in Chromium and without a network.

import { readFile } from 'node:fs/promises';
import type { Page } from 'playwright-core';
import { usePage } from './helpers/page.ts';
import { figure } from './helpers/figures.ts';
import { describeReaderModels, PROMPT } from './helpers/reader-models.ts';
import { READERS, testWithReader, type ContinuationRequest } from './helpers/readers.ts';
import { StaticHost } from './helpers/static-host.ts';

const withWllama = testWithReader('@wllama/wllama');

const host = new StaticHost(READERS);
host.isolating = true;
host.answers.set('', '<!doctype html><link rel="icon" href="data:,">');
const { open } = usePage(() => host.listen());

interface Continuation {
  prompt_tokens: number;
  tokens: number[];
  reused: number;
}

async function continued(page: Page, gguf: string, request: ContinuationRequest): Promise<Continuation> {
  const base64 = await readFile(gguf, 'base64');
  return page.evaluate(
    async ({ base64, request, program }) => {
      const { continueText } = (await import(program)) as {
        continueText: (file: Uint8Array, request: object) => Promise<Continuation>;
      };
      return continueText(
        Uint8Array.from(atob(base64), (byte) => byte.charCodeAt(0)),
        request,
      );
    },
    { base64, request, program: `${host.address}wllama.js` },
  );
}

describeReaderModels((reader, { n_embd }) => {
  const q8_0 = n_embd! % 32 === 0 ? 'q8_0' : `q8_0, whose rows of ${n_embd} stay float32`;

  withWllama.each([
    ['f32', 'f32'],
    [q8_0, 'q8_0'],
  ] as const)('wllama generates the same tokens from GGUF with %s', async (_, type) => {
    const { page } = await open({}, { waitForTrain: false });
    const [n, context] = [reader.room, reader.model.config().seq_len];
    const read = await continued(page, await reader.gguf(type), { prompt: PROMPT, n, context });
    expect(read.prompt_tokens).toBe(reader.ids(PROMPT).length);
    expect(read.tokens).toHaveLength(n);
    expect(reader.decoded(read.tokens)).toBe(await reader.continuation());
    expect(read.reused).toBe(read.prompt_tokens + (n >> 1) - 1);
    figure(`${n} tokens equal`);
  });
});
