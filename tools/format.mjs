// npm run format: rewrites the sources in the project's style.
import './lib/node-version.mjs';
import { cppFiles, runPackage } from './lib/checks.mjs';
import { ensureBuilt } from './lib/parts.mjs';
import { entry } from './lib/report.mjs';
import { toolchain } from './lib/toolchain.mjs';

await entry(async () => {
  await ensureBuilt([]);
  await (await toolchain()).run('clang-format', ['-i', ...cppFiles()]);
  await runPackage('eslint', ['--fix', '.']);
  await runPackage('prettier', ['--write', '--log-level', 'warn', '.']);
});
