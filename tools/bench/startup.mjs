// node tools/bench/startup.mjs [RUNS]: how long from opening the page to the first training step on show, with
// Train pressed as soon as it is there. Builds what is out of date, serves the page as `npm start` does, and opens
// it in Chromium, each time with nothing cached. Prints a Markdown table of medians.
import '../lib/node-version.mjs';
import { browser } from '../lib/browser.mjs';
import { inCheckout } from '../lib/paths.mjs';
import { ensureBuilt } from '../lib/parts.mjs';
import { entry, Failure } from '../lib/report.mjs';

const PORT = 18_471;
const LONGEST_MS = 60_000;

/** What is timed, in the order in which it happens. */
const MOMENTS = {
  controls: 'Train can be pressed',
  core: 'the core is loaded',
  step: 'the first step is on show',
};

await entry(async () => {
  const runs = Number(process.argv[2] ?? 5);
  if (!Number.isInteger(runs) || runs < 1)
    throw new Failure(`The number of runs must be a whole number above zero, not "${process.argv[2]}".`);
  await ensureBuilt(['wasm', 'page']);
  const { preview } = await import('vite');
  const { chromium } = await import('playwright-core');
  const server = await preview({
    configFile: inCheckout('vite.config.ts'),
    preview: { port: PORT, host: 'localhost', strictPort: true },
    logLevel: 'warn',
  });
  const chrome = await chromium.launch({ executablePath: await browser(), args: ['--no-sandbox'] });
  try {
    const times = [];
    // The first one finds the server and the disk cold, and does not count.
    for (let i = 0; i <= runs; i++) times.push(await openOnce(chrome));
    report(times.slice(1));
  } finally {
    await chrome.close();
    await server.close();
  }
});

async function openOnce(chrome) {
  const context = await chrome.newContext();
  const page = await context.newPage();
  await page.addInitScript(watch);
  await page.goto(`http://localhost:${PORT}/`);
  await page.waitForFunction(() => globalThis.moments?.step > 0, undefined, { timeout: LONGEST_MS });
  const moments = await page.evaluate(() => globalThis.moments);
  await context.close();
  return moments;
}

/** Runs in the page: presses Train as soon as there is such a button, and notes when what was first seen. */
function watch() {
  const moments = (globalThis.moments = {});
  const seen = (name) => (moments[name] ??= performance.now());
  const look = () => {
    const train = [...document.querySelectorAll('button')].find((b) => b.textContent.trim() === 'Train');
    if (train && !moments.controls) {
      seen('controls');
      // As a person would, after the page has been put together.
      setTimeout(() => train.click());
    }
    if (document.querySelector('footer')?.textContent.includes('Runs on')) seen('core');
    const name = [...document.querySelectorAll('dt')].find((dt) => dt.textContent === 'Step');
    if (parseInt(name?.nextElementSibling.textContent ?? '0', 10) > 0) seen('step');
  };
  new MutationObserver(look).observe(document, { childList: true, subtree: true, characterData: true });
}

function report(times) {
  console.log(`| from opening the page until … | ms (median of ${times.length}) | all |\n|---|---|---|`);
  for (const [name, what] of Object.entries(MOMENTS)) {
    const sorted = times.map((moments) => Math.round(moments[name])).sort((a, b) => a - b);
    console.log(`| ${what} | ${sorted[sorted.length >> 1]} | ${sorted.join(', ')} |`);
  }
}
