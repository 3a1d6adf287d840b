import { jaxJs } from './jax-js.mjs';
import { miniLlm } from './mini-llm.mjs';
import { pytorch } from './pytorch.mjs';
import { tensorflowJs } from './tensorflow-js.mjs';

/**
 * A contender has an id of its own, a name that --only knows (shared by mini-llm's builds), a title for people, the
 * place it runs in, the kinds of work it can do, prepare(), which throws a sentence if it cannot take part, and
 * measure(job), which answers figures as lib/measurements.mjs describes them. After prepare() it also has `given`:
 * what it is given to work with. One that is marked `once` takes part in the first round only.
 */
export const CONTENDERS = [...miniLlm, ...pytorch, ...jaxJs, ...tensorflowJs];
