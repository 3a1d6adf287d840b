// npm run inside-cost -- [--preset NAME] [--seconds N] [--rounds N]: what the views of "Look inside" take of a tab's training
// throughput. One tab trains; its views are by turns not in sight, closed after they have been opened, and all open.
import { loadavg } from 'node:os';
import { withBuiltPage } from '../lib/built-page.mjs';
import { parseFlags, program, positiveNumber, wholeNumber } from '../lib/program.mjs';
import { machine, markdownTable } from '../lib/report.mjs';
import { median } from '../lib/statistics.mjs';
import { showPanel, stepsPerSecond, trainIn } from '../lib/training-tab.mjs';

const FLAGS = {
  preset: { type: 'string', default: 'Standard' },
  seconds: { type: 'string', default: '8' },
  rounds: { type: 'string', default: '4' },
};
/** A turn is timed after training has settled. */
const SETTLE_MS = 1500;

const TURNS = {
  none: (page) => showPanel(page, 'export'),
  closed: (page) => fold(page, false),
  open: (page) => fold(page, true),
};

await program(async () => {
  const { values } = parseFlags(FLAGS);
  const seconds = positiveNumber('seconds', values.seconds);
  const rounds = wholeNumber('rounds', values.rounds);
  await withBuiltPage(async (browser, address) => {
    const page = await (await browser.newContext()).newPage();
    await trainIn(page, address, values.preset);
    await fold(page, true);
    const rates = Object.fromEntries(Object.keys(TURNS).map((name) => [name, []]));
    for (let round = 0; round < rounds; round++) {
      const order = Object.keys(TURNS);
      for (const name of round % 2 === 0 ? order : order.reverse()) {
        await TURNS[name](page);
        rates[name].push(await stepsPerSecond(page, SETTLE_MS, seconds * 1000));
      }
    }
    report(values.preset, seconds, rates);
  });
});

/** Opens or closes every view. */
async function fold(page, open) {
  await showPanel(page, 'inside');
  await page.evaluate((open) => {
    for (const details of document.querySelectorAll('.panel:not([hidden]) section.card > details'))
      details.open = open;
  }, open);
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
