// The browser that the page's tests run in.
import { canInstall, install } from './apt.mjs';
import { which } from './exec.mjs';
import { Failure, step } from './report.mjs';

const NAMES = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'];

function find() {
  if (process.env.CHROME_PATH) return process.env.CHROME_PATH;
  return NAMES.map(which).find(Boolean) ?? null;
}

/** The path of Chromium or Chrome; on Debian as root it is installed if missing. */
export async function browser() {
  if (!find() && canInstall()) {
    // The fonts: without them Korean and emoji are drawn as empty boxes.
    const packages = ['chromium', 'fonts-noto-cjk', 'fonts-noto-color-emoji'];
    await step('Installing Chromium for the tests of the page', () => install(packages));
  }
  const path = find();
  if (!path)
    throw new Failure(
      'The tests of the page need Chromium or Chrome; install one, or set CHROME_PATH to it.',
    );
  return path;
}
