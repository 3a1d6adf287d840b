// npm run tool -- COMMAND …: runs cmake, ctest, clang-format, clangd … with the compilers that `npm run setup` installed.
import { entry } from './lib/report.mjs';
import { runTool } from './lib/toolchain.mjs';

await entry(async () => {
  const [command, ...args] = process.argv.slice(2);
  await runTool(command, args, { stdin: 'inherit', stdout: 'inherit', stderr: 'inherit' });
});
