// A tab with the built page that trains, and how fast it does.

/** Opens the page in the tab and trains without end, without validation, on two threads. */
export async function trainIn(page, address, preset) {
  await page.addInitScript(() => {
    globalThis.stepShown = () => {
      const name = [...document.querySelectorAll('dt')].find((dt) => dt.textContent === 'Step');
      return parseInt(name?.nextElementSibling.textContent.replaceAll(',', '') ?? '0', 10);
    };
  });
  await page.goto(address);
  await showPanel(page, 'details');
  await page.getByRole('radio', { name: new RegExp(`^${preset}`) }).check();
  const options = page.getByRole('region', { name: 'Preset' });
  await options.locator('summary').click();
  for (const [label, value] of [
    ['Steps', '1000000'],
    ['Validate every', '0'],
    // Chosen once, so that all turns keep to the same number.
    ['Threads', '2'],
  ])
    await options.getByLabel(label, { exact: true }).fill(value);
  await page.getByRole('button', { name: 'Train', exact: true }).dispatchEvent('click');
  await page.waitForFunction(() => globalThis.stepShown() > 10);
}

/** Shows a panel by its name in the page's address. */
export function showPanel(page, name) {
  return page.evaluate((name) => {
    location.hash = name;
  }, name);
}

/** Steps per second over `ms`, from the first step shown after training has settled to the last one. */
export function stepsPerSecond(page, settle_ms, ms) {
  return page.evaluate(measure, { settle_ms, ms });
}

/** Runs in the page. */
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
