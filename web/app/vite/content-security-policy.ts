// Adds a Content-Security-Policy to the built page, which also works on static hosts: no request to another origin,
// no inline script or style, no eval. Our own server also sends it as a header, which applies to the worker as well.
// Only in a build, because Vite's development server injects inline styles.
import type { Plugin } from 'vite';

const POLICY = {
  'default-src': "'self'",
  'script-src': "'self' 'wasm-unsafe-eval'",
  'style-src': "'self'",
  'img-src': "'self' data:",
  'connect-src': "'self'",
  'worker-src': "'self'",
  'object-src': "'none'",
  'base-uri': "'none'",
  'form-action': "'none'",
};

export const contentSecurityPolicyText = Object.entries(POLICY)
  .map(([directive, sources]) => `${directive} ${sources}`)
  .join('; ');

/** The Vite plugin. */
export function contentSecurityPolicy(): Plugin {
  return {
    name: 'mini-llm-content-security-policy',
    apply: 'build',
    transformIndexHtml: () => [
      {
        tag: 'meta',
        attrs: { 'http-equiv': 'Content-Security-Policy', content: contentSecurityPolicyText },
        injectTo: 'head-prepend',
      },
    ],
  };
}
