// The page in Firefox without a network, after one visit.

import type { Page } from 'puppeteer-core';
import { click, openEveryPanel, shown, testWithFirefox, train, useFirefox } from './helpers/firefox.ts';
import { deployNewVersion, NEW_DESCRIPTION } from './helpers/new-version.ts';
import { until } from './helpers/page.ts';
import { StaticHost } from './helpers/static-host.ts';

const withFirefox = testWithFirefox();
const firefox = useFirefox();

/** Each host is a site of its own: a service worker stays in the browser. */
async function newHost(isolating: boolean): Promise<StaticHost> {
  const host = new StaticHost();
  host.isolating = isolating;
  hosts.push(await host.listen());
  return host;
}
const hosts: StaticHost[] = [];
afterAll(() => hosts.forEach((host) => host.close()));

const KEPT = /This page also opens without a network/;

async function trains(page: Page): Promise<void> {
  await train(page, { Steps: '10' });
  await shown(page, /Done: all 10 steps/);
}

for (const isolating of [true, false])
  withFirefox(
    `with isolation headers: ${isolating}, the page opens, trains and shows every panel without a network`,
    async () => {
      const host = await newHost(isolating);
      const { page, requests } = await firefox.open(host.address);
      await shown(page, KEPT);
      host.down = true;
      host.asked.clear();
      await page.reload();
      await shown(page, /1\.2 MB/);
      expect(await page.evaluate(() => crossOriginIsolated)).toBe(true);
      await trains(page);
      await openEveryPanel(page);
      expect(await page.evaluate(() => document.body.innerText)).not.toMatch(
        /could not be (fetched|loaded)|has probably been updated/,
      );
      expect(host.asked.size).toBe(0);
      expect(requests.filter((url) => !url.startsWith(host.address) && !url.startsWith('blob:'))).toEqual([]);
    },
  );

withFirefox('a new version is offered, and loaded by the button', async () => {
  const host = await newHost(true);
  const { page } = await firefox.open(host.address);
  const description = () =>
    page.$eval('meta[name=description]', (meta) => meta.getAttribute('content')).catch(() => '');
  await shown(page, KEPT);
  await deployNewVersion(host);
  await page.reload();
  await shown(page, /A new version of mini-llm is ready/);
  expect(await description()).not.toBe(NEW_DESCRIPTION);
  await click(page, 'button', 'Use it now');
  await until(async () => (await description()) === NEW_DESCRIPTION);
  await shown(page, KEPT);
});
