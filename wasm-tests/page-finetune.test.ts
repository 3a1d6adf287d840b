// Fine-tunes the current model on another text, saves its adapter, and opens it again.

import type { Page } from 'playwright-core';
import { sharedEngine, tiny, trained } from './helpers/engine.ts';
import { checkpointInfo, downloaded, openModel, savedModel } from './helpers/page-files.ts';
import {
  alerts,
  button,
  inPanel,
  openPanel,
  setOptions,
  textArea,
  tinyModel,
  usePage,
} from './helpers/page.ts';
import { english } from './helpers/texts.ts';

const OTHER = [...english(4000)].reverse().join('');
const PHONE = { width: 360, height: 740 };

const finetuning = (page: Page) => page.getByRole('region', { name: 'Fine-tuning' });

async function setFinetuning(page: Page, values: Record<string, number>): Promise<void> {
  await inPanel(page, 'Details', async () => {
    await finetuning(page).locator('summary').click();
    for (const [label, value] of Object.entries(values))
      await finetuning(page).getByLabel(label, { exact: true }).fill(String(value));
  });
}

/** A model trained elsewhere, for 30 steps. */
async function someModel(): Promise<Uint8Array> {
  const { run } = await trained(await sharedEngine(), english(4000), tiny({ max_steps: 30 }));
  const file = run.save();
  await run.delete();
  return file;
}

/** The tensors of a safetensors file, one after the other. */
function floatsOf(file: Uint8Array): Float32Array {
  const header = Number(new DataView(file.buffer, file.byteOffset).getBigUint64(0, true));
  return new Float32Array(file.slice(8 + header).buffer);
}

describe('fine-tuning on another text', () => {
  const { open } = usePage();

  test('is offered once there is a model, and trains it on the current text', async () => {
    const { page } = await open();
    expect(await button(page, 'Fine-tune on this text').count()).toBe(0);
    await textArea(page).fill(english(4000));
    await tinyModel(page, 30);
    await button(page, 'Train').click();
    await page.getByText('Done: all 30 steps.').waitFor();
    await textArea(page).fill(OTHER);
    await setOptions(page, { Steps: 40, Width: 24 }); // the model keeps its own width
    await setFinetuning(page, { 'Learning rate': 0.005, 'Frozen layers': 1 });
    await button(page, 'Fine-tune on this text').click();
    await page.getByText('Done: all 40 steps.').waitFor();
    expect(await alerts(page).count()).toBe(0);
    const info = await checkpointInfo(await savedModel(page));
    expect(info).toMatchObject({
      step: 40,
      config: { n_embd: 16 },
      options: { freeze_layers: 1, lora_rank: 0, lr: 0.005 },
    });
    expect(info.options?.min_lr).toBeCloseTo(0.0005, 9);
    await openPanel(page, 'Export');
    expect(await button(page, 'Save adapter').count()).toBe(0);
  });

  test('with LoRA saves an adapter, which together with its base model gives the same model', async () => {
    const { page } = await open();
    const base = await someModel();
    await openModel(page, 'base.safetensors', base);
    await textArea(page).fill(OTHER);
    await setOptions(page, { Steps: 25 });
    await setFinetuning(page, { 'LoRA rank': 4 });
    await button(page, 'Fine-tune on this text').click();
    await page.getByText('Done: all 25 steps.').waitFor();
    const adapter = await downloaded(page, 'Save adapter');
    const merged = (await sharedEngine()).loadModel(await savedModel(page));
    await page.reload();
    await openModel(page, 'adapter.safetensors', adapter);
    await alerts(page).filter({ hasText: 'open that model first' }).waitFor();
    await openModel(page, 'base.safetensors', base);
    await page.getByText(/“base.safetensors”: .* trained for 30 steps/).waitFor();
    await openModel(page, 'adapter.safetensors', adapter);
    await page.getByText(/“base.safetensors with adapter.safetensors”: /).waitFor();
    // Engines round relaxed SIMD in their own ways, so last bits may differ.
    const [expected, actual] = [merged.save(), await savedModel(page)].map(floatsOf);
    expect(actual!.length).toBe(expected!.length);
    const differences = [...actual!].map((x, i) => Math.abs(x - expected![i]!));
    expect(Math.max(...differences)).toBeLessThan(1e-7);
    merged.delete();
  });

  test('invalid options are reported, and the model stays', async () => {
    const { page } = await open();
    await openModel(page, 'base.safetensors', await someModel());
    await textArea(page).fill(OTHER);
    await setFinetuning(page, { 'Frozen layers': 2 });
    await button(page, 'Fine-tune on this text').click();
    await alerts(page).filter({ hasText: 'freeze_layers must be at most 1 for this model' }).waitFor();
    await openPanel(page, 'Details');
    await finetuning(page).getByLabel('LoRA rank', { exact: true }).fill('many');
    await button(page, 'Fine-tune on this text').click();
    await alerts(page)
      .filter({ hasText: /LoRA rank .*must be a whole number/ })
      .waitFor();
    await page.getByText(/“base.safetensors”: /).waitFor();
  });

  test('does not scroll sideways on a phone', async () => {
    const { page } = await open({ viewport: PHONE });
    await openModel(page, 'base.safetensors', await someModel());
    await setFinetuning(page, {});
    await openPanel(page, 'Details');
    await finetuning(page).getByLabel('LoRA alpha', { exact: true }).waitFor();
    const overflow = await page.evaluate(
      () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
    );
    expect(overflow).toBe(0);
  });
});
