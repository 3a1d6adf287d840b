// node research/icons/icons.mjs: draws the page's PNG icons from its SVG icons.
import { readFileSync } from 'node:fs';
import { inCheckout } from '../../tools/lib/paths.mjs';
import { launchChromium } from '../lib/chromium.mjs';
import { program } from '../lib/program.mjs';

const ICONS = [
  ['favicon.svg', 'icons/192.png', 192],
  ['favicon.svg', 'icons/512.png', 512],
  ['icons/maskable.svg', 'icons/maskable-512.png', 512],
  // Apple's devices round the corners themselves.
  ['icons/maskable.svg', 'icons/180.png', 180],
];

await program(async () => {
  const browser = await launchChromium();
  for (const [from, to, size] of ICONS) {
    const page = await browser.newPage({ viewport: { width: size, height: size } });
    const svg = readFileSync(inCheckout('public', from)).toString('base64');
    await page.setContent(
      `<style>body{margin:0}img{display:block;width:100vw}</style><img src="data:image/svg+xml;base64,${svg}">`,
    );
    await page.locator('img').evaluate((image) => image.decode());
    await page.screenshot({ path: inCheckout('public', to), omitBackground: true });
    await page.close();
  }
  await browser.close();
});
