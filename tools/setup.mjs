// npm run setup: packages and compilers, made ready without building anything.
import './lib/node-version.mjs';
import { locked } from './lib/lock.mjs';
import { installPackages } from './lib/packages.mjs';
import { checkout } from './lib/paths.mjs';
import { entry, say } from './lib/report.mjs';
import { toolchain } from './lib/toolchain.mjs';

await entry(async () => {
  const [tools] = await Promise.all([toolchain(), locked(checkout, installPackages)]);
  say(
    `Ready: npm packages are installed, and the toolchain is ${tools.name === 'host' ? "this machine's" : 'a private Debian 13'}.`,
  );
});
