// A full visit under the strict policy, in both browsers: no request leaves the origin, and the policy forbids nothing that
// the page does.

import { readFileSync } from 'node:fs';
import en from '../web/app/words/en.ts';
import { contentSecurityPolicyText } from '../web/app/vite/content-security-policy.ts';
import { docxOf, wordParagraph } from './helpers/documents.ts';
import { click, openEveryPanel, shown, testWithFirefox, train, useFirefox } from './helpers/firefox.ts';
import {
  alerts,
  button,
  dropFile,
  generated,
  openPanel,
  trainsToTheEnd,
  until,
  usePage,
} from './helpers/page.ts';
import { StaticHost } from './helpers/static-host.ts';
import { english } from './helpers/texts.ts';

const host = new StaticHost();
host.isolating = true;
host.strict = true;
const { open } = usePage(() => host.listen());
const firefox = useFirefox();

/** Runs in the page: records what the policy forbids. Forbidden requests of workers are errors of the console. */
function record(): void {
  const page = globalThis as unknown as { violations: string[] };
  page.violations = [];
  document.addEventListener('securitypolicyviolation', ({ violatedDirective, blockedURI, sourceFile }) =>
    page.violations.push(`${violatedDirective}: ${blockedURI} (${sourceFile})`),
  );
}
const violations = (): string[] => (globalThis as unknown as { violations: string[] }).violations;

test('the policy allows nothing by default, no inline script or style, no eval and no other origin', () => {
  expect(contentSecurityPolicyText).toMatch(/^default-src 'none';/);
  expect(contentSecurityPolicyText).not.toMatch(/unsafe-inline|'unsafe-eval'|https?:|\*|data:|blob:/);
  const hosting = readFileSync(new URL('../docs/HOSTING.md', import.meta.url), 'utf8');
  expect(hosting.split(contentSecurityPolicyText)).toHaveLength(4);
});

test('a full visit in Chromium', async () => {
  const { page } = await open({ serviceWorkers: 'allow' }, { before: `(${record.toString()})()` });
  await page.getByText('This page also opens without a network.').waitFor();
  await page.reload();
  const word = docxOf(wordParagraph(english(4000)));
  await dropFile(page, 'letter.docx', word);
  await page.getByText('4 kB', { exact: true }).waitFor();
  await trainsToTheEnd(page, 30);
  await button(page, 'Generate').click();
  await until(async () => (await generated(page).innerText()).length > 0);
  for (const label of Object.values(en.panels)) {
    await openPanel(page, label);
    const closed = page.locator('.panels details:not([open]) > summary:visible');
    while ((await closed.count()) > 0) await closed.first().click();
  }
  await openPanel(page, 'Export');
  const formats = page.getByLabel('Export as');
  const names = await formats
    .locator('option')
    .evaluateAll((all) => all.map((one) => one.getAttribute('value')!));
  for (const name of names) {
    await formats.selectOption(name);
    const download = page.waitForEvent('download');
    await button(page, 'Export').click();
    await download;
  }
  expect(await alerts(page).count()).toBe(0);
  expect(await page.evaluate(violations)).toEqual([]);
});

testWithFirefox()('a full visit in Firefox', async () => {
  const { page, requests, errors } = await firefox.open(host.address, record);
  await shown(page, /1\.2 MB/);
  await train(page, { Steps: '10' });
  await shown(page, /Done: all 10 steps/);
  await openEveryPanel(page);
  await click(page, 'a', 'Export');
  await click(page, 'button', 'Export');
  await page.waitForFunction(
    () =>
      [...document.querySelectorAll('button')].some((b) => b.textContent.trim() === 'Export' && !b.disabled),
    { polling: 100 },
  );
  expect(await page.evaluate(violations)).toEqual([]);
  expect(errors).toEqual([]);
  expect(requests.filter((url) => !url.startsWith(host.address) && !url.startsWith('blob:'))).toEqual([]);
  // What is forbidden is recorded.
  await page.evaluate(() => document.head.append(document.createElement('style')));
  await page.evaluate(() => (document.head.lastElementChild!.textContent = 'body { color: red }'));
  expect(await page.evaluate(violations)).not.toEqual([]);
});
