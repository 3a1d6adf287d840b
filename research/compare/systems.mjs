import { npmBaselines } from './baselines/npm-packages.mjs';
import { pytorch } from './baselines/pytorch.mjs';
import { miniLlm } from './mini-llm.mjs';

/**
 * Everything that is measured: mini-llm's builds and the baselines. A system has
 *
 *   id, title       an own id, and a title for people
 *   name            its name for --only, shared by mini-llm's builds
 *   place           'Node', 'Chromium' or 'native'
 *   kinds           the kinds of workloads that it can run
 *   once            true if it is measured in the first round only
 *   build, short    mini-llm only: the name of the build, and a short title
 *   runtime         mini-llm only: 'Chromium', or a Node with its major version
 *   prepare()       throws one sentence if the system cannot be measured here; sets `setup`, what it runs with
 *   measure(job)    returns figures as lib/measurements.mjs describes them
 */
export const SYSTEMS = [...miniLlm, pytorch, ...npmBaselines];
