// npm run build: builds what is out of date of all that a user runs and `npm pack` packs.
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
