// Configuring and compiling a CMake build folder with Ninja.
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { buildFolder } from './paths.mjs';
import { toolchain } from './toolchain.mjs';

/**
 * Brings a target of build/<name> up to date and answers its path. A folder that was configured otherwise (other options,
 * another toolchain) is made anew: CMake would keep the old choices.
 */
export async function cmakeBuild(name, { wrapper = [], options = [], target = 'all' }) {
  const tools = await toolchain();
  const folder = join(buildFolder, name);
  const configured = join(folder, '.mini-llm-configured');
  const [command, ...args] = [...wrapper, 'cmake', '-S', '.', '-B', folder, '-G', 'Ninja', ...options];
  const recipe = [tools.name, command, ...args].join('\n');
  if (!existsSync(configured) || readFileSync(configured, 'utf8') !== recipe) {
    rmSync(folder, { recursive: true, force: true });
    mkdirSync(folder, { recursive: true });
    await tools.run(command, args, { quiet: true });
    writeFileSync(configured, recipe);
  }
  await tools.run('ninja', ['-C', folder, '-j', String(availableParallelism()), target]);
  return folder;
}
