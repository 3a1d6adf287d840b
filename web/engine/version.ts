// The version of mini-llm, which package.json states.

/** Filled in when the command line, the library or the page is bundled, and by the tests. */
declare const MINI_LLM_VERSION: string;

export const VERSION = typeof MINI_LLM_VERSION === 'undefined' ? 'unknown' : MINI_LLM_VERSION;
