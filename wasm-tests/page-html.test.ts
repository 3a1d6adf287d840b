// The exported page, opened from disk in Chromium and Firefox: what it generates and shows, and that it asks for nothing.

import fs from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { AxeBuilder } from '@axe-core/playwright';
import { chromium, type Browser, type BrowserContextOptions, type Page } from 'playwright-core';
import { readViewer } from '../web/cli/viewer.ts';
import { makeCorpus } from '../web/engine/corpus.ts';
import { exportModel } from '../web/engine/export/export.ts';
import type { Options } from '../web/engine/options.ts';
import { prepareFinetune } from '../web/engine/prepare.ts';
import { cli, scratch } from './helpers/cli.ts';
import { sharedEngine, tiny, trained } from './helpers/engine.ts';
import { testWithFirefox, useFirefox } from './helpers/firefox.ts';
import { alerts, button, CHROMIUM, generated, TIMEOUT_MS, until, setSampling } from './helpers/page.ts';
import { written } from './helpers/readers.ts';
import { EMOJI, KOREAN, english } from './helpers/texts.ts';

const folder = scratch();
const withFirefox = testWithFirefox();
const firefox = useFirefox();

/** Long enough to be learned by heart: then the next token is never a close call. */
const LEARN: Partial<Options> = {
  n_layer: 2,
  n_head: 4,
  n_embd: 64,
  seq_len: 64,
  max_steps: 240,
  optimizer: 'muon',
  lr: 0.02,
  muon_lr: 0.02,
  min_lr: 0,
  schedule: 'linear',
  val_fraction: 0.1,
};

interface Case {
  options: Partial<Options>;
  text: string;
  prompt: string;
  /** Trains an adapter on this text afterwards. */
  lora?: string;
}

const CASES: Record<string, Case> = {
  'gpt2 on bytes': { options: LEARN, text: english(600), prompt: 'the cat sees' },
  'qwen3 with grouped queries on Korean byte pairs': {
    options: { ...LEARN, arch: 'qwen3', n_kv_head: 2, tokenizer: 'bpe', vocab_size: 290 },
    text: KOREAN.slice(0, 300) + EMOJI.slice(0, 300),
    prompt: '다람쥐',
  },
  'qwen3 with a merged adapter': {
    options: { ...LEARN, arch: 'qwen3' },
    text: english(600),
    prompt: 'my ',
    lora: 'my aunt forgets the old dog of the king. '.repeat(20),
  },
};

async function modelFile({ options, text, lora }: Case): Promise<Uint8Array<ArrayBuffer>> {
  const engine = await sharedEngine();
  const { run } = await trained(engine, text, tiny(options));
  const file = run.save();
  await run.delete();
  if (lora === undefined) return file;
  const { trainer } = prepareFinetune(
    engine,
    file,
    { lora_rank: 4, lr: 0.02, max_steps: 100 },
    makeCorpus(lora),
  );
  while (trainer.advance(1e3).kind !== 'done') continue;
  const tuned = trainer.save();
  trainer.delete();
  return tuned;
}

/** Writes the page of a model and returns its address. */
async function pageOf(file: Uint8Array, name: string, type: string): Promise<string> {
  const request = { to: 'html', name, type, viewer: readViewer() } as const;
  const place = fs.mkdtempSync(path.join(folder, 'page-'));
  const exported = exportModel(await sharedEngine(), file, request);
  return pathToFileURL(written({ ...exported, output: `page-${type}.html` }, place)).href;
}

/** The text that the command line generates after the prompt, always with the likeliest token. */
async function spokenByCommand(file: string, prompt: string, ...flags: string[]): Promise<string> {
  const wanted = ['--temp', '0', '--max_new_tokens', '100', '--reproducible', '--json'];
  const { stdout } = await cli(['generate', file, '--prompt', prompt, ...wanted, ...flags], folder);
  return (JSON.parse(stdout) as { text: string }).text;
}

let browser: Browser;
beforeAll(async () => (browser = await chromium.launch(CHROMIUM)), TIMEOUT_MS);
afterAll(() => browser?.close());

interface OpenedFile {
  page: Page;
  requests: string[];
}

const contexts: { close: () => Promise<void>; errors: string[] }[] = [];
afterEach(async () => {
  const opened = contexts.splice(0);
  await Promise.all(opened.map(({ close }) => close()));
  expect(opened.flatMap(({ errors }) => errors)).toEqual([]);
});

/** Opens a page from disk, without a network. Its errors and warnings fail the test. */
async function open(address: string, options: BrowserContextOptions = {}): Promise<OpenedFile> {
  const context = await browser.newContext({ offline: true, ...options });
  context.setDefaultTimeout(TIMEOUT_MS);
  const page = await context.newPage();
  const requests: string[] = [];
  const errors: string[] = [];
  contexts.push({ close: () => context.close(), errors });
  context.on('request', (request) => {
    if (request.url() !== address) requests.push(request.url());
  });
  page.on('pageerror', (error) => errors.push(error.message));
  page.on('dialog', (dialog) => {
    errors.push(dialog.message());
    void dialog.dismiss();
  });
  page.on('console', (message) => {
    if (['error', 'warning'].includes(message.type())) errors.push(message.text());
  });
  await page.goto(address);
  await until(() => button(page, 'Generate').isEnabled());
  return { page, requests };
}

async function generate(page: Page, prompt: string, values: Record<string, string>): Promise<string> {
  await page.getByLabel('Prompt').fill(prompt);
  await setSampling(page, values);
  await button(page, 'Generate').click();
  await page.getByText('The text is complete.').waitFor({ state: 'attached' });
  return (await generated(page).locator('.text').textContent())!;
}

/** What a page asks for when nothing leaves the device: its own worker. */
const OWN = /^blob:(null|file:\/\/)/;

describe.each(Object.entries(CASES))('%s', (title, model) => {
  const file = path.join(folder, `${title.replaceAll(' ', '-')}.safetensors`);
  const pages: Record<string, string> = {};

  beforeAll(async () => {
    const bytes = await modelFile(model);
    fs.writeFileSync(file, bytes);
    for (const type of ['f32', 'int8']) pages[type] = await pageOf(bytes, title, type);
  });

  test.each([
    ['f32', []],
    ['int8', ['--int8']],
  ])('the page with %s generates the text of the command line, and asks for nothing', async (type, flags) => {
    const { page, requests } = await open(pages[type]!);
    const text = await generate(page, model.prompt, { Temperature: '0', Length: '100' });
    expect(text).toBe(model.prompt + (await spokenByCommand(file, model.prompt, ...flags)));
    expect(requests.filter((url) => !OWN.test(url))).toEqual([]);
    expect(await alerts(page).count()).toBe(0);
  });

  withFirefox.each(['f32', 'int8'])('in Firefox the page with %s generates the same text', async (type) => {
    const { page, requests, errors } = await firefox.open(pages[type]!);
    await page.waitForSelector('button.primary:enabled');
    await page.type('#prompt', model.prompt);
    for (const [id, value] of Object.entries({ temp: '0', max_new_tokens: '100' }))
      await page.$eval(
        `#generate-${id}`,
        (field, typed) => {
          (field as HTMLInputElement).value = typed;
          field.dispatchEvent(new Event('input', { bubbles: true }));
        },
        value,
      );
    await page.click('button.primary');
    await page.waitForFunction(() => document.body.textContent.includes('The text is complete.'));
    const text = await page.$eval('.output .text', (element) => element.textContent);
    const flags = type === 'int8' ? ['--int8'] : [];
    expect(text).toBe(model.prompt + (await spokenByCommand(file, model.prompt, ...flags)));
    expect(requests.filter((url) => !OWN.test(url))).toEqual([]);
    expect(errors).toEqual([]);
  });
});

describe('the page', () => {
  const HOSTILE = `</script><script>alert(1)</script><!-- <b>&amp;"'\`\\ 한국어 🐈`;
  let bytes: Uint8Array;
  let address: string;

  beforeAll(async () => {
    bytes = await modelFile({ options: { max_steps: 40 }, text: english(4000), prompt: '' });
    address = await pageOf(bytes, HOSTILE, 'f32');
  });

  test('shows any name as it is', async () => {
    const { page } = await open(address);
    expect(await page.title()).toBe(HOSTILE);
    expect(await page.getByRole('heading', { level: 1 }).textContent()).toBe(HOSTILE);
    expect(await page.locator('script:not([class], [id], [type="module"])').count()).toBe(0);
  });

  test('says what it is, and shows the run’s loss, options, text and date', async () => {
    const { page } = await open(address);
    const info = (await sharedEngine()).checkpointInfo(bytes);
    const facts = page.getByRole('region', { name: 'About this model' });
    await facts.getByText('Recipe', { exact: true }).click();
    const text = (await facts.innerText()).replaceAll(/\s+/g, ' ');
    for (const part of [
      'A language model of GPT-2’s architecture with',
      `Validation loss ${info.val_bits_per_byte!.toFixed(3)} bits per byte`,
      `(${info.val_loss!.toFixed(3)} nats per token)`,
      'Training 40 of 40 steps',
      `SHA-256 ${info.corpus_sha256}`,
      'npx mini-llm train text.txt --preset nanogpt --n_layer 1',
      'lr Learning rate 0.01',
      `${new Date().getFullYear()} when this page was made`,
    ])
      expect(text).toContain(part);
    await page.getByText('A small language model that continues your text.').waitFor();
  });

  test.each(['light', 'dark'] as const)('has no violation that axe finds (%s)', async (colorScheme) => {
    const { page } = await open(address, { colorScheme });
    await page.getByText('Recipe', { exact: true }).click();
    await generate(page, KOREAN.slice(0, 20), { Length: '50' });
    const { violations, passes } = await new AxeBuilder({ page }).analyze();
    expect(violations.map(({ id, nodes }) => [id, nodes.map(({ html }) => html)])).toEqual([]);
    expect(passes.length).toBeGreaterThan(20);
  });

  test('does not scroll sideways on a phone', async () => {
    const { page } = await open(address, { viewport: { width: 360, height: 740 } });
    await page.getByText('Recipe', { exact: true }).click();
    await generate(page, 'x'.repeat(300), { Length: '50' });
    const { scrollWidth, clientWidth } = await page.evaluate(() => document.documentElement);
    expect(scrollWidth).toBe(clientWidth);
  });

  test('a seed gives the same text again, and settings out of range are explained', async () => {
    const { page } = await open(address);
    const settings = { Temperature: '1', 'Top-k': '0', 'Top-p': '0.9', Length: '80', Seed: '7' };
    const text = await generate(page, 'the ', settings);
    expect(await generate(page, 'the ', { ...settings, Seed: '8' })).not.toBe(text);
    expect(await generate(page, 'the ', settings)).toBe(text);
    await page.getByLabel('Temperature').fill('-1');
    await button(page, 'Generate').click();
    await alerts(page).getByText('Temperature must be').waitFor();
  });

  test('a long text streams, answers meanwhile, and can be canceled', async () => {
    const { page } = await open(address);
    await page.getByLabel('Length', { exact: true }).fill('1000000');
    await button(page, 'Generate').click();
    // Blocks out of view are not laid out, and so are no part of innerText.
    const length = async () => (await generated(page).textContent())!.length;
    await until(async () => (await length()) > 500);
    const before = await length();
    await until(async () => (await length()) > before);
    await button(page, 'Cancel').click();
    await page.getByText('The text is canceled.').waitFor({ state: 'attached' });
    expect(await alerts(page).count()).toBe(0);
  });

  test('its policy refuses requests and other scripts', async () => {
    const { page } = await open(address);
    const blocked = await page.evaluate(async () => {
      const elsewhere = await fetch('data:text/plain,x').then(
        () => false,
        () => true,
      );
      const script = document.createElement('script');
      script.textContent = 'document.title = "inline"';
      document.head.append(script);
      return elsewhere && document.title !== 'inline';
    });
    expect(blocked).toBe(true);
    contexts.forEach(({ errors }) => errors.splice(0));
  });

  test('without a model it says so', async () => {
    const empty = path.join(folder, 'empty.html');
    fs.writeFileSync(empty, readViewer());
    const page = await browser.newPage();
    await page.goto(pathToFileURL(empty).href);
    await page.getByRole('alert').getByText('There is no model in this page').waitFor();
    await page.close();
  });
});
