// node research/screenshot/screenshot.mjs: takes the README's picture, .github/page.png: the page a third of the way through
// its default training.
import { withBuiltPage } from '../lib/built-page.mjs';
import { inCheckout } from '../../tools/lib/paths.mjs';
import { program } from '../lib/program.mjs';
import { say } from '../../tools/lib/report.mjs';

const FILE = inCheckout('.github', 'page.png');
const STEP = 270;
const LIMIT_MS = 180_000;

await program(() =>
  withBuiltPage(async (browser, address) => {
    const page = await browser.newPage({ viewport: { width: 1280, height: 1000 } });
    await page.goto(address);
    await page.getByRole('button', { name: 'Train', exact: true }).click();
    await page.waitForFunction(
      (step) => {
        const name = [...document.querySelectorAll('dt')].find((dt) => dt.textContent === 'Step');
        return parseInt(name?.nextElementSibling.textContent ?? '0', 10) >= step;
      },
      STEP,
      { timeout: LIMIT_MS },
    );
    await page.evaluate(() => scrollTo(0, 0));
    await page.screenshot({ path: FILE });
    say(`Written to ${FILE}.`);
  }),
);
