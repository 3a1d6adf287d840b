// The Chromium that research commands measure in.
import { accessSync, constants, readFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { chromium } from 'playwright-core';
import { inCheckout } from '../../tools/lib/paths.mjs';
import { Failure } from '../../tools/lib/report.mjs';

const NAMES = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'];

const FLAGS = JSON.parse(readFileSync(inCheckout('tools/chromium-flags.json'), 'utf8'));

export function launchChromium() {
  return chromium.launch({ executablePath: chromiumPath(), args: FLAGS });
}

export async function chromiumVersion() {
  const browser = await launchChromium();
  const version = browser.version();
  await browser.close();
  return version.split('.')[0];
}

function chromiumPath() {
  const folders = (process.env.PATH ?? '').split(delimiter);
  const paths = NAMES.flatMap((name) => folders.map((folder) => join(folder, name)));
  const path = process.env.CHROME_PATH || paths.find(isExecutable);
  if (!path) throw new Failure('Chromium is missing: install it, or set CHROME_PATH to Chrome or Chromium.');
  return path;
}

function isExecutable(path) {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
