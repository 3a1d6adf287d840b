// npm run recipe-schema: writes docs/recipe.schema.json from the table of options.
import { writeFileSync } from 'node:fs';
import { build } from 'esbuild';
import { format, resolveConfig } from 'prettier';
import { inCheckout } from './lib/paths.mjs';

const bundled = await build({
  entryPoints: [inCheckout('web/engine/recipe-schema.ts')],
  bundle: true,
  format: 'esm',
  platform: 'node',
  write: false,
});
const { recipeSchema } = await import(
  `data:text/javascript;base64,${Buffer.from(bundled.outputFiles[0].contents).toString('base64')}`
);
const file = inCheckout('docs/recipe.schema.json');
const style = await resolveConfig(file);
writeFileSync(file, await format(JSON.stringify(recipeSchema()), { ...style, parser: 'json' }));
