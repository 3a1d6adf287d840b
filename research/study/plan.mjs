// What runs: pairs of a text and a configuration, and how many steps fit into the seconds of each.
import { CONFIGURATIONS, SECONDS } from './configurations.mjs';

/** [{text, name, seconds}]: the selected parts of the study. A duration that the study does not have is tried on every pair. */
export function pairsOf({ texts, configurations, seconds }) {
  return configurations.flatMap((name) =>
    texts.flatMap((text) => {
      const usual = CONFIGURATIONS[name].seconds[text] ?? [];
      const tried = seconds.filter((s) => usual.includes(s) || (usual.length > 0 && !SECONDS.includes(s)));
      return tried.length > 0 ? [{ text, name, seconds: tried }] : [];
    }),
  );
}

/** Whether every step compares all tokens, not a sample of them. */
export function comparesAll({ softmax_tokens, tokenizer, vocab_size }) {
  return softmax_tokens === 0 || tokenizer === 'byte' || softmax_tokens >= vocab_size;
}

/**
 * The steps that fit into `seconds`. A step takes `sampled` milliseconds while it compares a sample of the tokens, and `whole`
 * in the last share of the run, which compares all of them.
 */
export function stepsThatFit(seconds, { sampled, whole }, whole_share) {
  const average = (1 - whole_share) * sampled + whole_share * whole;
  return Math.max(1, Math.floor((seconds * 1000) / average));
}

/** The preset's options for a run of so many steps, with as many evaluations as the preset has, over the whole last tenth. */
export function runOptions(options, max_steps) {
  const { eval_every, max_steps: usual } = options;
  const every = Math.max(1, Math.round((eval_every * max_steps) / usual));
  return { ...options, max_steps, eval_every: every, eval_batches: 0 };
}
