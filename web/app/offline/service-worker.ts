// The service worker: the page opens and works without a network, and is isolated where its host sends no headers for that.
// Each version of the page has a cache of its own, so that a page never mixes files of two versions.

/// <reference lib="webworker" />

import { registerRoute, setDefaultHandler } from 'workbox-routing';
import { CacheFirst, NetworkOnly } from 'workbox-strategies';
import { stableName, type PageFile, type PageFiles } from './files.ts';
import { isolated } from './isolated.ts';
import type { ServiceWorkerReply, ServiceWorkerRequest } from './messages.ts';

declare const self: ServiceWorkerGlobalScope;
/** Filled in by the build. */
declare const MINI_LLM_PAGE_FILES: PageFiles;
declare const MINI_LLM_PAGE_HASH: string;

const { scope } = self.registration;
/** Several pages may share an origin, and so its caches. */
const OURS = `mini-llm ${scope} `;
const CACHE = OURS + MINI_LLM_PAGE_HASH;

const address = (path: string): string => new URL(path, scope).href;
const { always, whenUsed } = MINI_LLM_PAGE_FILES;
const FILES = new Map([...always, ...whenUsed].map((file) => [address(file.path), file]));

/** The address without what does not name the file. */
function fileAddress(url: URL | string): string {
  const { origin, pathname } = new URL(url);
  const plain = origin + pathname;
  return plain === address('index.html') ? scope : plain;
}

const isolation = { handlerWillRespond: isolated };
const files = new CacheFirst({
  cacheName: CACHE,
  matchOptions: { ignoreVary: true },
  plugins: [isolation, { cacheKeyWillBeUsed: async ({ request }) => fileAddress(request.url) }],
});

registerRoute(({ url, request }) => FILES.has(fileAddress(url)) && request.cache !== 'no-store', files);
setDefaultHandler(new NetworkOnly({ plugins: [isolation] }));

self.addEventListener('install', (event) => {
  // A first visit must be isolated soon; the page asks for its files later. An update must be complete before it is offered.
  if (self.registration.active) event.waitUntil(keepUpdate());
});

self.addEventListener('activate', (event) => {
  event.waitUntil(removeOtherVersions());
  // Not awaited: in Firefox it waits for every thread of the page, and those of the core sleep.
  void self.clients.claim();
});

self.addEventListener('message', (event) => {
  const reply = (how: ServiceWorkerReply) => event.ports[0]?.postMessage(how);
  event.waitUntil(answer(event.data as ServiceWorkerRequest).then(reply, () => reply('failed')));
});

async function answer(request: ServiceWorkerRequest): Promise<ServiceWorkerReply> {
  switch (request.type) {
    case 'keep':
      await keep([...always, ...request.used.flatMap((url) => FILES.get(fileAddress(url)) ?? [])]);
      return 'kept';
    case 'activate': {
      const pages = await self.clients.matchAll({ type: 'window', includeUncontrolled: true });
      if (pages.filter(({ url }) => url.startsWith(scope)).length > 1) return 'in use';
      await self.skipWaiting();
      return 'activated';
    }
  }
}

/** Keeps what is always kept, and of the other files those that the version before has kept. */
async function keepUpdate(): Promise<void> {
  const used = new Set<string>();
  for (const name of await otherVersions())
    for (const { url } of await (await caches.open(name)).keys())
      used.add(stableName(url.slice(scope.length)));
  await keep([...always, ...whenUsed.filter(({ path }) => used.has(stableName(path)))]);
}

/** One after the other, because the page itself may be fetching. */
async function keep(wanted: readonly PageFile[]): Promise<void> {
  const cache = await caches.open(CACHE);
  for (const file of wanted) {
    const url = address(file.path);
    if (await cache.match(url, { ignoreVary: true })) continue;
    const response = (await unchanged(file)) ?? (await fetch(url, { cache: cacheMode(file) }));
    if (!response.ok) throw new Error(`${url} was answered with status ${response.status}.`);
    await cache.put(url, response);
  }
}

/** A file whose name has a hash may come from the browser's cache. */
function cacheMode({ path }: PageFile): RequestCache {
  return stableName(path) === path ? 'no-cache' : 'default';
}

/** The file from an earlier version's cache, if its name says that it is the same. */
async function unchanged({ path }: PageFile): Promise<Response | undefined> {
  if (stableName(path) === path) return undefined;
  for (const name of await otherVersions()) {
    const found = await (await caches.open(name)).match(address(path), { ignoreVary: true });
    if (found) return found;
  }
  return undefined;
}

async function otherVersions(): Promise<string[]> {
  return (await caches.keys()).filter((name) => name.startsWith(OURS) && name !== CACHE);
}

async function removeOtherVersions(): Promise<void> {
  for (const name of await otherVersions()) await caches.delete(name);
}

// A notification leads back to the page that it is about.
self.addEventListener('notificationclick', (event) => {
  event.notification.close();
  event.waitUntil(
    self.clients.matchAll({ type: 'window' }).then(async ([page]) => {
      await page?.focus();
    }),
  );
});
