// The browser that the tests of the page run in.
import { readFileSync } from 'node:fs';
import { inCheckout } from './paths.mjs';
import { Failure } from './report.mjs';

/** The path of Chromium or Chrome: CHROME_PATH, or what `npm run setup -- --tests` found or installed. */
export function browser() {
  if (process.env.CHROME_PATH) return process.env.CHROME_PATH;
  try {
    return readFileSync(inCheckout('node_modules/.mini-llm/browser'), 'utf8').trim();
  } catch {
    throw new Failure('The tests of the page need a browser; run "npm run setup -- --tests" first.');
  }
}
