// A reproducible run that begins in Node, goes on in the page and ends in Node has the bits of one that is not stopped.

import type { Page } from 'playwright-core';
import { makeCorpus } from '../web/engine/corpus.ts';
import type { Options } from '../web/engine/options.ts';
import { sha256 } from './helpers/engine.ts';
import { checkpointInfo, openModel, savedModel } from './helpers/page-files.ts';
import { figure } from './helpers/figures.ts';
import { alerts, button, reachStep, textArea, usePage } from './helpers/page.ts';
import { resumedFileHash, wholeHash } from './helpers/resume.ts';
import { beginCase, RESUME_CASES, resumeSetUp, type ResumeCase } from './helpers/resume-cases.ts';

/** So many steps that the page can be stopped before the last one. */
const LONG: Partial<Options> = { max_steps: 1500, batch_size: 16, eval_every: 250 };

const { open } = usePage();

const set = resumeSetUp();

/** Resumes a file in the page, and returns what the page saves: of a later step, or of the end of a run that ends early. */
async function resumedInPage(
  page: Page,
  file: Uint8Array,
  { text, ends_early }: ResumeCase,
): Promise<Uint8Array> {
  const { step } = await checkpointInfo(file);
  await textArea(page).fill(text);
  await openModel(page, 'node.safetensors', file);
  await button(page, 'Resume').click();
  if (ends_early) await page.getByText(/^(Stopped early|Done: all)/).waitFor();
  else {
    await reachStep(page, step + 1);
    await button(page, 'Stop').click();
    await button(page, 'Resume').waitFor();
  }
  expect(await alerts(page).count()).toBe(0);
  return savedModel(page);
}

test.each(RESUME_CASES)('with $what', async (which) => {
  const options = { ...which.options, ...(which.ends_early ? {} : LONG) };
  const begin = beginCase({ ...which, options }, set.one, set.base);
  const whole = await wholeHash(begin);
  const { run: part } = await begin({ stop_at_step: which.stop_at_step ?? 7 });
  const { page } = await open();
  const file = await resumedInPage(page, part.save(), which);
  figure(`from Node through the page to Node ${whole}`);
  await part.delete();
  if (which.ends_early) return expect(sha256(file)).toBe(whole);
  const { step } = await checkpointInfo(file);
  expect(step).toBeLessThan(LONG.max_steps!);
  expect(await resumedFileHash(file, set.two, makeCorpus(which.text))).toBe(whole);
});
