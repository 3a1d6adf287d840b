// npm run autosave-cost -- [--preset NAME] [--seconds N] [--rounds N]: how much of a tab's throughput autosave takes. Two tabs
// with the built page train the same model in turn, the other one paused; in one of them no checkpoints are made and saved
// while it trains. The order within a pair of turns alternates.
import { loadavg } from 'node:os';
import { withBuiltPage } from '../lib/built-page.mjs';
import { parseFlags, program, positiveNumber, wholeNumber } from '../lib/program.mjs';
import { machine, markdownTable } from '../lib/report.mjs';
import { median } from '../lib/statistics.mjs';
import { stepsPerSecond, trainIn } from '../lib/training-tab.mjs';
import { Failure } from '../../tools/lib/report.mjs';

const FLAGS = {
  preset: { type: 'string', default: 'Standard' },
  seconds: { type: 'string', default: '60' },
  rounds: { type: 'string', default: '3' },
};
/** The worker's interval of checkpoints, as the built page has it. */
const INTERVAL = /rescue_every_ms:[\w$]+(?=,onKept:\()/;
/** A turn is timed after training has settled. */
const SETTLE_MS = 2000;

await program(async () => {
  const { values } = parseFlags(FLAGS);
  const seconds = positiveNumber('seconds', values.seconds);
  const rounds = wholeNumber('rounds', values.rounds);
  await withBuiltPage(async (browser, address) => {
    const saving = await trainingTab(browser, address, values.preset, true);
    const plain = await trainingTab(browser, address, values.preset, false);
    const pairs = [];
    for (let round = 0; round < rounds; round++) {
      const rates = new Map();
      for (const tab of round % 2 === 0 ? [saving, plain] : [plain, saving])
        rates.set(tab, await turn(tab, seconds));
      pairs.push({ saving: rates.get(saving), plain: rates.get(plain) });
    }
    const saves = await saving.evaluate(() => globalThis.saves);
    report(values.preset, seconds, pairs, saves);
  });
});

/** A tab that trains and is paused. */
async function trainingTab(browser, address, preset, saves) {
  const context = await browser.newContext();
  let changed = 0;
  if (!saves)
    await context.route(/\/worker-[^/]*\.js$/, async (route) => {
      const response = await route.fetch();
      const body = (await response.text()).replace(INTERVAL, () => {
        changed++;
        return 'rescue_every_ms:1/0';
      });
      await route.fulfill({ response, body });
    });
  const page = await context.newPage();
  await page.addInitScript(countSaves);
  await trainIn(page, address, preset);
  await page.getByRole('button', { name: 'Pause', exact: true }).dispatchEvent('click');
  if (!saves && changed !== 1) throw new Failure('The interval of checkpoints was not found in the worker.');
  return page;
}

/** Runs in the page. */
function countSaves() {
  globalThis.saves = 0;
  let last = '';
  new MutationObserver(() => {
    const text = [...document.querySelectorAll('.saved')].find((element) =>
      element.textContent.startsWith('saved at step'),
    )?.textContent;
    if (text === undefined || text === last) return;
    last = text;
    globalThis.saves++;
  }).observe(document, { childList: true, subtree: true, characterData: true });
}

/** Steps per second of one turn, from the first step shown after it has settled to the last one. */
async function turn(page, seconds) {
  const button = (name) => page.getByRole('button', { name, exact: true });
  await button('Resume').dispatchEvent('click');
  const rate = await stepsPerSecond(page, SETTLE_MS, seconds * 1000);
  await button('Pause').dispatchEvent('click');
  return rate;
}

function report(preset, seconds, pairs, saves) {
  const { date, cores, processor } = machine();
  const cost = ({ saving, plain }) => 100 * (1 - saving / plain);
  const overall = median(pairs.map(cost));
  const rows = pairs.map((pair, i) => [
    `round ${i + 1}`,
    pair.plain.toFixed(2),
    pair.saving.toFixed(2),
    `${cost(pair).toFixed(1)} %`,
  ]);
  process.stdout.write(
    markdownTable([`${preset}, turns of ${seconds} s`, 'steps/s without', 'with autosave', 'cost'], rows) +
      `\nAutosave takes ${overall.toFixed(1)} % of throughput, the median (${saves} saves seen; ${date}, ${cores} cores of ${processor}, ` +
      `load ${loadavg()[0].toFixed(1)}).\n`,
  );
}
