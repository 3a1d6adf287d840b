// Registers the service worker, which isolates the page where its host does not, and keeps it for visits without a network.

import type { ServiceWorkerReply, ServiceWorkerRequest } from '../offline/messages.ts';

/** Made by the build (vite/service-worker.ts); its folder decides which URLs it serves. */
const SCRIPT = 'service-worker.js';

/** Undefined where the browser or its settings allow none. */
export async function registerServiceWorker(): Promise<ServiceWorkerRegistration | undefined> {
  if (!import.meta.env.PROD || !isSecureContext || !('serviceWorker' in navigator)) return undefined;
  try {
    const url = new URL(SCRIPT, document.baseURI);
    // Extensions that block service workers may return undefined.
    return await navigator.serviceWorker.register(url);
  } catch {
    return undefined;
  }
}

export function ask(worker: ServiceWorker, request: ServiceWorkerRequest): Promise<ServiceWorkerReply> {
  const { port1, port2 } = new MessageChannel();
  return new Promise((resolve) => {
    port1.onmessage = ({ data }: MessageEvent<ServiceWorkerReply>) => resolve(data);
    worker.postMessage(request, [port2]);
  });
}
