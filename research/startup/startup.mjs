// npm run startup -- [RUNS]: how long it takes from opening the page until it shows the first training step, with Train
// pressed as soon as the button appears. Serves the built page and opens it in Chromium with an empty cache.
import { withBuiltPage } from '../lib/built-page.mjs';
import { program, wholeNumber } from '../lib/program.mjs';
import { machine, markdownTable } from '../lib/report.mjs';
import { median } from '../lib/statistics.mjs';

const LIMIT_MS = 60_000;

/** The timed moments, in the order in which they happen. */
const MOMENTS = {
  controls: 'Train can be pressed',
  core: 'the core is loaded',
  step: 'the first step is shown',
};

await program(async () => {
  const runs = wholeNumber('runs', process.argv[2] ?? '5');
  await withBuiltPage(async (browser, address) => {
    const times = [];
    // The first run meets a cold server and disk and does not count.
    for (let i = 0; i <= runs; i++) times.push(await openOnce(browser, address));
    report(times.slice(1));
  });
});

async function openOnce(browser, address) {
  const context = await browser.newContext();
  const page = await context.newPage();
  await page.addInitScript(watch);
  await page.goto(address);
  await page.waitForFunction(() => globalThis.moments?.step > 0, undefined, { timeout: LIMIT_MS });
  const moments = await page.evaluate(() => globalThis.moments);
  await context.close();
  return moments;
}

/** Runs in the page: presses Train as soon as the button appears and records the time of every moment. */
function watch() {
  const moments = (globalThis.moments = {});
  const seen = (name) => (moments[name] ??= performance.now());
  const look = () => {
    const train = [...document.querySelectorAll('button')].find((b) => b.textContent.trim() === 'Train');
    if (train && !moments.controls) {
      seen('controls');
      // Like a person, after the page is complete.
      setTimeout(() => train.click());
    }
    if (document.querySelector('footer')?.textContent.includes('Runs on')) seen('core');
    const name = [...document.querySelectorAll('dt')].find((dt) => dt.textContent === 'Step');
    if (parseInt(name?.nextElementSibling.textContent ?? '0', 10) > 0) seen('step');
  };
  new MutationObserver(look).observe(document, { childList: true, subtree: true, characterData: true });
}

function report(times) {
  const { date, cores, processor } = machine();
  const rows = Object.entries(MOMENTS).map(([name, title]) => {
    const all = times.map((moments) => Math.round(moments[name])).sort((a, b) => a - b);
    return [title, median(all), all.join(', ')];
  });
  process.stdout.write(
    `Milliseconds from opening the page, measured by \`npm run startup\` on ${date}, on ${cores} cores of ${processor}.\n\n` +
      markdownTable(['until', `median of ${times.length}`, 'all'], rows),
  );
}
