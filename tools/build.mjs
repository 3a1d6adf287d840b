// npm run build: builds the outdated parts of everything that users run and `npm pack` includes.
import { buildCore, building, bundlePage, bundlePrograms, declareTypes } from './lib/build.mjs';
import { entry, say } from './lib/report.mjs';

await entry(async () => {
  await building(async () => {
    await buildCore();
    await bundlePrograms();
    await bundlePage();
    await declareTypes();
  });
  say('Everything is built.');
});
