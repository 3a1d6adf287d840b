// npm run screenshots [-- --docs]: writes a picture of every panel, theme, language and width to build/screenshots, for looking at
// them; with --docs the pictures of the README and of docs/HOW-IT-WORKS.md to .github.
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { inCheckout } from '../../tools/lib/paths.mjs';
import { say } from '../../tools/lib/report.mjs';
import { withBuiltPage } from '../lib/built-page.mjs';
import { parseFlags, program } from '../lib/program.mjs';
import { showPanel } from '../lib/training-tab.mjs';

const LANGUAGES = ['en', 'ko', 'de'];
const THEMES = ['light', 'dark'];
const WIDTHS = { 360: 740, 768: 1024, 1440: 900 };
const PANELS = ['write', 'inside', 'runs', 'export', 'details'];
/** Steps of the model. */
const STEPS = { everything: 300, docs: 900 };
const LIMIT_MS = 300_000;
/** Views that have just been opened compute and draw. */
const SETTLE_MS = 1500;
const FIRST_VISIT_MS = 6000;
/** Of a picture of one view. */
const MOST_HEIGHT = 760;

await program(async () => {
  const { values } = parseFlags({ docs: { type: 'boolean', default: false } });
  await withBuiltPage((browser, address) =>
    values.docs ? forDocs(browser, address) : everything(browser, address),
  );
});

async function everything(browser, address) {
  const folder = inCheckout('build', 'screenshots');
  mkdirSync(folder, { recursive: true });
  for (const language of LANGUAGES) {
    const page = await trainedPage(browser, `${address}?lang=${language}`, STEPS.everything);
    for (const panel of PANELS) {
      await show(page, panel);
      for (const colorScheme of THEMES)
        for (const [width, height] of Object.entries(WIDTHS)) {
          await page.emulateMedia({ colorScheme });
          await page.setViewportSize({ width: Number(width), height });
          await page.waitForTimeout(SETTLE_MS / 3);
          const path = join(folder, `${panel}-${colorScheme}-${language}-${width}.png`);
          await page.screenshot({ path, fullPage: true });
        }
    }
    await page.context().close();
    say(`Written: ${language}.`);
  }
}

/** What the documents show. */
async function forDocs(browser, address) {
  const page = await trainedPage(browser, address, STEPS.docs);
  await page.setViewportSize({ width: 1280, height: 1000 });
  await page.evaluate(() => scrollTo(0, 0));
  await page.screenshot({ path: inCheckout('.github', 'page.png') });
  await show(page, 'inside');
  for (const name of ['next', 'attention']) {
    const { x, y, width, height } = await page.locator(`[data-guide="${name}"]`).boundingBox();
    const clip = { x, y, width, height: Math.min(height, MOST_HEIGHT) };
    await page.screenshot({ path: inCheckout('.github', `${name}.png`), fullPage: true, clip });
  }
  await showPanel(page, 'write');
  await page.emulateMedia({ colorScheme: 'dark' });
  await page.setViewportSize({ width: 360, height: 740 });
  await page.evaluate(() => scrollTo(0, 0));
  await page.waitForTimeout(SETTLE_MS);
  await page.screenshot({ path: inCheckout('.github', 'phone.png') });
  say('Written to .github.');
}

/** A page whose model has some steps and is paused. */
async function trainedPage(browser, address, steps) {
  const page = await (await browser.newContext({ viewport: { width: 1280, height: 1000 } })).newPage();
  await page.goto(address);
  // The first visit keeps the page's files, which takes time from training.
  await page.waitForTimeout(FIRST_VISIT_MS);
  const primary = page.locator('[data-guide="train"] button.primary');
  await primary.click();
  await page.waitForFunction(
    (step) => document.querySelector('[data-guide="train"] progress').value >= step,
    steps,
    { timeout: LIMIT_MS },
  );
  await primary.click();
  return page;
}

/** Opens a panel and everything that can be unfolded in it. */
async function show(page, panel) {
  await showPanel(page, panel);
  await page.evaluate(() => {
    for (const details of document.querySelectorAll('.panel:not([hidden]) details')) details.open = true;
  });
  await page.waitForTimeout(SETTLE_MS);
}
