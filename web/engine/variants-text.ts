// Why a build of the core was chosen, as reasons that each language says in its own sentences.

/** The sentences, here in English. `host` is this browser, or Node with its version. */
export const VARIANT_TEXT = {
  thisBrowser: 'this browser',
  missing: (best: string, variant: string) =>
    `The ${best} build is not there yet, so the ${variant} build runs.`,
  oneAsked: 'One thread was asked for.',
  oneProcessor: 'One processor has no use for more than one thread.',
  notIsolated:
    'One thread runs, because this page is not isolated, and only an isolated page may share memory between threads.',
  noSharedMemory: (host: string) => `One thread runs, because ${host} cannot share memory between threads.`,
  packs: (host: string) =>
    `${host} packs SIMD operations in pairs into 256-bit ones, and this build is made for that.`,
  relaxed:
    'Relaxed SIMD made training steps 1.15 to 1.3 times as fast where it was measured. Its last bits may differ on ' +
    'other machines; the option reproducible picks a build where they do not.',
  reproducible: 'Reproducible is on: its results are the same bits on every machine.',
  plain: (host: string) =>
    `Plain SIMD runs, since ${host} lacks relaxed SIMD, which newer versions have; its results are the same bits on every machine.`,
  byName: 'It was chosen by name.',
  slow: (host: string) =>
    `It is slow here: ${host} does not pack SIMD operations in pairs. Auto picks a faster one.`,
  mayDiffer: 'Its last bits may differ on other machines.',
  wideFailed: (why: string) => `A build without wide kernels runs, because they failed their check: ${why}`,
  threadsFailed: (why: string) => `One thread runs, because threads could not start: ${why}`,
  /** A sentence that is the same in every language. */
  given: (sentence: string) => sentence,
  threadsUnused: (variant: string, threads: string) =>
    `The ${variant} build runs on one thread, so threads ${threads} is not used.`,
  threadsWait: (limit: string, threads: string) =>
    `${limit} With threads ${threads} they wait for each other, and training is slower.`,
};

type Sentences = typeof VARIANT_TEXT;

/** The name of a sentence, then its values. */
export type Reason = readonly [key: Exclude<keyof Sentences, 'thisBrowser'>, ...values: string[]];

/** The reasons as sentences. A `host` of '' is this browser. */
export function sentencesOf(reasons: readonly Reason[], say = VARIANT_TEXT): string[] {
  return reasons.map(([key, ...values]) => {
    const sentence = say[key];
    if (typeof sentence === 'string') return sentence;
    const [first = '', second = ''] = values;
    return capital(sentence(first || say.thisBrowser, second));
  });
}

function capital(sentence: string): string {
  return sentence.charAt(0).toUpperCase() + sentence.slice(1);
}
