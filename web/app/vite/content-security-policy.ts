// The built page carries its own Content-Security-Policy, so that a plain static host enforces it too: no
// request to another origin, no inline script or style, no eval. Our own server sends it as a header as well,
// which binds the worker too. Only in a build: Vite's development server injects inline styles.
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
