// SHA-256 by the platform, which is several times faster but exists only in secure contexts, or else in JavaScript.

import { sha256 as sha256InJavaScript } from '@noble/hashes/sha2.js';

export async function sha256(bytes: Uint8Array<ArrayBuffer>): Promise<Uint8Array> {
  const { subtle } = globalThis.crypto as { subtle?: SubtleCrypto };
  return subtle ? new Uint8Array(await subtle.digest('SHA-256', bytes)) : sha256InJavaScript(bytes);
}
