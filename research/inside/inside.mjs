// npm run inside-cost -- [--preset NAME] [--seconds N] [--rounds N]: what the views of "Look inside" take of a tab's training
// throughput. One tab trains; its views are by turns not in sight, closed after they have been opened, and all open.
import { loadavg } from 'node:os';
import { withBuiltPage } from '../lib/built-page.mjs';
import { parseFlags, program, positiveNumber, wholeNumber } from '../lib/program.mjs';
import { machine, markdownTable } from '../lib/report.mjs';
import { median } from '../lib/statistics.mjs';

const FLAGS = {
  preset: { type: 'string', default: 'Standard' },
  seconds: { type: 'string', default: '8' },
  rounds: { type: 'string', default: '4' },
};
/** A turn is timed after training has settled. */
const SETTLE_MS = 1500;

const TURNS = {
  none: (page) => showPanel(page, 'Export'),
  closed: (page) => fold(page, false),
  open: (page) => fold(page, true),
};

await program(async () => {
  const { values } = parseFlags(FLAGS);
  const seconds = positiveNumber('seconds', values.seconds);
  const rounds = wholeNumber('rounds', values.rounds);
  await withBuiltPage(async (browser, address) => {
    const page = await trainingTab(browser, address, values.preset);
    await fold(page, true);
    const rates = Object.fromEntries(Object.keys(TURNS).map((name) => [name, []]));
    for (let round = 0; round < rounds; round++) {
      const order = Object.keys(TURNS);
      for (const name of round % 2 === 0 ? order : order.reverse()) {
        await TURNS[name](page);
        rates[name].push(await page.evaluate(measure, { settle_ms: SETTLE_MS, ms: seconds * 1000 }));
      }
    }
    report(values.preset, seconds, rates);
  });
});

async function trainingTab(browser, address, preset) {
  const page = await (await browser.newContext()).newPage();
  await page.addInitScript(() => {
    globalThis.stepShown = () => {
      const name = [...document.querySelectorAll('dt')].find((dt) => dt.textContent === 'Step');
      return parseInt(name?.nextElementSibling.textContent.replaceAll(',', '') ?? '0', 10);
    };
  });
  await page.goto(address);
  await showPanel(page, 'Details');
  await page.getByRole('radio', { name: new RegExp(`^${preset}`) }).check();
  const options = page.getByRole('region', { name: 'Preset' });
  await options.locator('summary').click();
  for (const [label, value] of [
    ['Steps', '1000000'],
    ['Validate every', '0'],
    ['Threads', '2'],
  ])
    await options.getByLabel(label, { exact: true }).fill(value);
  await page.getByRole('button', { name: 'Train', exact: true }).dispatchEvent('click');
  await page.waitForFunction(() => globalThis.stepShown() > 10);
  return page;
}

async function showPanel(page, name) {
  await page.getByRole('link', { name, exact: true }).dispatchEvent('click');
  await page.evaluate((name) => {
    const link = [...document.querySelectorAll('nav a')].find((a) => a.textContent.trim() === name);
    location.hash = link.hash;
  }, name);
}

/** Opens or closes every view. */
async function fold(page, open) {
  await showPanel(page, 'Look inside');
  await page.evaluate((open) => {
    for (const details of document.querySelectorAll('.panel:not([hidden]) section.card > details'))
      details.open = open;
  }, open);
}

/** Steps per second from the first step shown after training has settled. Runs in the page. */
async function measure({ settle_ms, ms }) {
  const changed = async () => {
    const shown = globalThis.stepShown();
    while (globalThis.stepShown() === shown) await new Promise((resolve) => setTimeout(resolve, 1));
    return { step: globalThis.stepShown(), at: performance.now() };
  };
  await new Promise((resolve) => setTimeout(resolve, settle_ms));
  const first = await changed();
  await new Promise((resolve) => setTimeout(resolve, ms));
  const last = await changed();
  return ((last.step - first.step) * 1000) / (last.at - first.at);
}

function report(preset, seconds, rates) {
  const rows = rates.none.map((_, i) => [
    `round ${i + 1}`,
    ...Object.values(rates).map((all) => all[i].toFixed(2)),
  ]);
  const medians = Object.fromEntries(Object.entries(rates).map(([name, all]) => [name, median(all)]));
  const cost = (name) => `${(100 * (1 - medians[name] / medians.none)).toFixed(1)} %`;
  const { date, cores, processor } = machine();
  process.stdout.write(
    markdownTable(
      [`${preset}, turns of ${seconds} s`, 'steps/s, another panel', 'views closed', 'views open'],
      [...rows, ['median', ...Object.values(medians).map((rate) => rate.toFixed(2))]],
    ) +
      `\nClosed views take ${cost('closed')} of throughput, open ones ${cost('open')} (${date}, ${cores} cores of ${processor}, ` +
      `load ${loadavg()[0].toFixed(1)}).\n`,
  );
}
