// Tells the page where the built core lies (engine/variants.ts).
import { fileURLToPath } from 'node:url';
import type { Plugin } from 'vite';
import { coreFilesIn } from '../../engine/built-core.ts';

const folder = fileURLToPath(new URL('../../../public/wasm', import.meta.url));

/** The Vite plugin. */
export function coreFiles(): Plugin {
  return {
    name: 'mini-llm-core-files',
    config: () => ({ define: { MINI_LLM_CORE_FILES: JSON.stringify(coreFilesIn(folder)) } }),
  };
}
