// The page in English. What the command line says too comes from the engine's tables.

import { BENCH_TEXT } from '../../engine/bench/text.ts';
import { EXPORT_FORMATS, type ExportFormatName, type ExportRow } from '../../engine/export/formats.ts';
import { ENGLISH } from '../../engine/format.ts';
import { PROMPT_TOO_LONG } from '../../engine/generate.ts';
import { HEAD_TEXT } from '../../engine/heads.ts';
import { OPTIONS, type OptionName } from '../../engine/options.ts';
import { PLAIN_WORDS } from '../../engine/plain-words.ts';
import { PRESETS, type PresetName } from '../../engine/presets.ts';
import { RUN_NOTES } from '../../engine/run-notes.ts';
import { THREADS_TEXT } from '../../engine/thread-tuner.ts';
import { DEFAULTS_TEXT } from '../../engine/text-defaults.ts';
import { VALIDATION_TEXT } from '../../engine/validate.ts';
import { VARIANT_TEXT } from '../../engine/variants-text.ts';

const format = ENGLISH;
const steps = (n: number) => format.plural(n, { one: '# step', other: '# steps' });
const tokens = (n: number) => format.plural(n, { one: '# token', other: '# tokens' });

const HEADERS =
  'the headers “Cross-Origin-Opener-Policy: same-origin” and “Cross-Origin-Embedder-Policy: require-corp”';

interface Described {
  label: string;
  help: string;
}

/** The texts of a table's rows, by their names. */
function described<N extends string>(rows: readonly ({ name: N } & Described)[]): Record<N, Described> {
  return Object.fromEntries(rows.map(({ name, label, help }) => [name, { label, help }])) as Record<
    N,
    Described
  >;
}

const exportRows = (EXPORT_FORMATS as readonly ExportRow[]).map(({ name, label = name, help }) => ({
  name,
  label,
  help,
}));

export default {
  format,
  language: {
    label: 'Language',
    failed: 'The language could not be loaded; check the connection, then try again.',
  },
  page: {
    tagline: 'Teach a small language model to write like your text.',
    private: 'Nothing leaves this device.',
    panels: 'Panels',
    lost: 'The worker has just been lost; please try again.',
    trainFirst: 'Train or open a model first.',
    copied: 'Copied.',
    notCopied: 'This browser does not allow pages to copy; copy the text below.',
  },
  panels: {
    write: 'Write',
    inside: 'Look inside',
    runs: 'Runs',
    export: 'Export',
    details: 'Details',
  },
  cards: {
    nextToken: 'Next token',
    attention: 'Attention',
    embeddings: 'Embeddings',
    cacheRace: 'KV cache race',
    model: 'The model',
    tokens: 'Tokens',
    runs: 'Runs',
    compare: 'Compare runs',
    recipe: 'Recipe',
    benchmark: 'Benchmark',
  },

  text: {
    card: 'Your text',
    title: 'Training text',
    reading: 'Reading …',
    placeholder: 'Paste a text here, or drop a file. A few pages are enough to start.',
    locked: 'Training uses this text. To change it, stop training first.',
    preview: (bytes: number, name: string) =>
      `Only the beginning is shown; training uses all ${format.bytes(bytes)} of “${name}”.`,
    inParts:
      'The model learns to write like this text. It is shown in parts, so that typing stays fast; training uses all parts.',
    help: 'The model learns to write like this text. Use any language; more text is better.',
    replaced: 'Text replaced.',
    restored: 'Text restored.',
    undo: 'Undo',
    redo: 'Redo',
    asIs: 'Use the file as it is',
    clear: 'Clear',
    example: 'Example text',
    own: 'Your own text',
    open: 'Open a file',
    file: 'Text file',
    excerpt: 'Excerpt:',
    encoding: 'Encoding of the file',
    parts: 'Parts of the text',
    previousPart: 'Previous part',
    nextPart: 'Next part',
    part: (part: number, parts: number) => `Part ${part} of ${parts}`,
    typed: 'Typed text',
    pasted: 'Pasted text',
    files: (n: number) => format.plural(n, { one: '# file', other: '# files' }),
    empty: (name: string) => `“${name}” is empty.`,
    notRead: (name: string, why: string) => `“${name}” could not be read: ${why}`,
    fileTooLarge: (name: string, bytes: number, most: number) =>
      `“${name}” has ${format.bytes(bytes)}; at most ${format.bytes(most)} fit in memory. Use a part of the text.`,
    filesTooLarge: (files: number, bytes: number, most: number) =>
      `These ${files} files have ${format.bytes(bytes)}; at most ${format.bytes(most)} fit in memory. Use a part of the text.`,
    tooManyFiles: (most: number) => `You dropped more than ${most} files; drop fewer.`,
    noFiles: (names: readonly string[]) => `There are no files in “${names.join('”, “')}”.`,
    inUse: 'Training is using the text. Stop it first, then drop the file again.',
    modelAlone: 'Drop a model by itself: one model, and no other files.',
    exampleFailed: (name: string, status: number) =>
      `The example “${name}” could not be fetched (${status}).`,
  },
  examples: {
    'moby-dick': 'Moby-Dick, a novel',
    sonnets: 'Sonnets, verse',
    'rights-ko': 'Human rights, in Korean',
    'rights-de': 'Human rights, in German',
    code: 'TypeScript, program code',
    names: 'Names, one per line',
  },
  exampleSources: {
    title: 'Where the sample texts are from',
    'moby-dick': 'Herman Melville, 1851; in the public domain',
    sonnets: 'William Shakespeare, 1609; in the public domain',
    'rights-ko': 'Universal Declaration of Human Rights, United Nations, 1948',
    'rights-de': 'Universal Declaration of Human Rights, United Nations, 1948',
    code: 'the engine of this program',
    names: 'English first names; in the public domain',
    made: (made: string) => `Made from ${made}.`,
  },

  run: {
    controls: 'Training controls',
    train: 'Train',
    pause: 'Pause',
    resume: 'Resume',
    stop: 'Stop',
    finetune: 'Fine-tune on this text',
    done: 'Steps done',
    step: 'Step',
    of: (step: number, steps: number) => `${format.count(step)} of ${format.count(steps)}`,
    timeLeft: 'Time left',
    savedAt: (step: number) => `saved at step ${format.count(step)}`,
    preset: (label: string) => `Preset: ${label}`,
    ownOptions: 'Your own options',
    change: 'Change',
    sampleOptions: (problem: string) => `Live samples use the options of “Generate text”: ${problem}`,
    wait: (status: string) => `Wait until this ends: ${status}`,
    underWay: 'Training is under way; stop it first.',
  },
  guide: {
    open: 'Take the guided path',
    title: 'Guided path',
    of: (step: number, steps: number) => `Step ${step} of ${steps}.`,
    show: 'Show me',
    back: 'Back',
    next: 'Next',
    print: 'Print all steps',
    close: 'Close',
    steps: {
      text: {
        say: 'A language model learns from a text, and from nothing else.',
        press: 'Choose a sample text, or paste one of your own.',
      },
      train: {
        say: 'At first the model knows no word of it.',
        press: 'Press Train.',
      },
      sample: {
        say: 'Every few seconds it writes something new: first letters, then words, then phrases.',
        press: 'Read the sample, and wait until you find a real word.',
      },
      timeline: {
        say: 'Nobody has told it the rules of spelling; it has found them in the text.',
        press: 'Move the slider below the sample back, and see how it wrote before.',
      },
      prompt: {
        say: 'It can go on with your own beginning.',
        press: 'Type a few words, and press Generate.',
      },
      next: {
        say: 'It writes one token at a time, and has a probability for every token that could be next.',
        press: 'Type a beginning and look at the bars; then move Temperature.',
      },
      attention: {
        say: 'To find the next token, it looks back at the tokens before it.',
        press: 'Point at a token, and see where it looks.',
      },
    },
  },
  classLink: {
    title: 'A link for a class',
    help: 'The link opens this page with the sample text, the options and the panel of your choice. Everyone trains a model of their own.',
    ownText: 'Your own text is never in a link; the link opens the novel instead.',
    panel: 'Panel',
    guide: 'with the guided path',
    noText: (name: string, all: readonly string[]) =>
      `There is no text “${name}”; choose among ${all.join(', ')}.`,
    noPreset: (name: string, all: readonly string[]) =>
      `There is no preset “${name}”; choose among ${all.join(', ')}.`,
  },
  status: {
    preparing: 'Preparing …',
    learning: (share: number) => `Learning the vocabulary … ${format.percent(share)}`,
    weights: 'Changing the weights …',
    opening: (name: string) => `Opening “${name}” …`,
    openingRun: 'Opening the run …',
    recovering: 'Recovering the model …',
    opened: 'The model is open. Give it a prompt under “Write”.',
    ready: 'Ready. Press Train to begin.',
    running: 'Training: noise turns into letters, then words.',
    paused: (step: number) => `Paused after step ${format.count(step)}.`,
    stopped: (step: number) =>
      `Stopped after step ${format.count(step)}. Resume continues with this model, Train starts a new one.`,
    failed: 'Training failed.',
    failedKept: (step: number, resumable: boolean) =>
      `Training failed. The weights of step ${format.count(step)} are kept: you can generate with them, save them, and continue with ${resumable ? 'Resume' : '“Fine-tune on this text”'}.`,
    done: (n: number) => `Done: all ${steps(n)}. Give the model a prompt under “Write”.`,
    /** `last` is the step of the last weights, if those are in use instead of the best. */
    doneBest: (n: number, best: number, last?: number) =>
      `Done: all ${steps(n)}. Step ${format.count(best)} has the best validation loss; ${inUse(last)}.`,
    stoppedEarly: (best: number, last?: number) =>
      `Stopped early: no improvement since step ${format.count(best)}; ${inUse(last)}.`,
  },
  title: {
    preparing: 'Preparing …',
    paused: (share: string) => `Paused at ${share}`,
    stopped: (share: string) => `Stopped at ${share}`,
    stoppedEarly: (share: string) => `Stopped early at ${share}`,
    done: 'Done',
    failed: 'Failed',
  },
  runNotes: RUN_NOTES,
  notes: {
    threads: THREADS_TEXT,
    notKept:
      'This browser keeps nothing for this page, as in some private windows: save the model to a file before you close the tab.',
    fixed: (label: string, name: string, value: string) =>
      `This model has ${label} (${name}) ${value}: set it back to resume, or press Train for a new model.`,
    sameRecipe: 'The options and the text are those of the run in the link.',
    recipe: (bytes: number, hash: string, sameLength: boolean) =>
      `The options are those of the run in the link, which was trained on a text of ${format.bytes(bytes)} (SHA-256 ${hash})${sameLength ? '.' : '; the present text has another length.'}`,
    badLink: (why: string) => `The options in this page’s address could not be used. ${why}`,
  },
  messages: {
    notSaved: (why: string) => `The run could not be saved: ${why}`,
    earlierSave: 'The save before that one, if any, is still there.',
    saveToFile: 'Save the model to a file',
    previous: (step: number, bytes: number) =>
      `The previous model (step ${format.count(step)}, ${format.bytes(bytes)}) is not saved.`,
    saveNow: 'Save it now',
    longer: 'Train longer',
    by: 'by',
    moreSteps: 'more steps',
    numberOfSteps: 'The number of steps',
  },
  update: {
    ready: 'A new version of mini-llm is ready.',
    use: 'Use it now',
    later: 'It can be used when the training has ended.',
    others: 'Close the other tabs of mini-llm first; they still run the older one.',
  },
  weights: {
    legend: 'Weights to generate with and to save',
    best: 'Best validation loss',
    bestHelp: 'predicts new text best',
    last: 'Last step',
    lastHelp: 'more fluent, but may quote the text',
    step: (label: string, step: number) => `${label} (step ${format.count(step)})`,
  },
  opened: {
    model: (name: string, parameters: number, seq_len: number) =>
      `“${name}”: ${format.parameters(parameters)} parameters, context ${format.count(seq_len)}`,
    trained: (n: number) => `, trained for ${steps(n)}`,
    loss: (loss: number) => `, validation loss ${format.loss(loss)}`,
    resume:
      'Resume continues its training on the same text; you may change steps, learning rate and similar options.',
    longer: 'All its steps are done: “Train longer” adds more, on the same text.',
    finetune: '“Fine-tune on this text” trains it on another text.',
    theModel: 'The model',
    withAdapter: (base: string, adapter: string) => `${base} with ${adapter}`,
    afterStep: (step: number) => `The model after step ${step}`,
    failed: (name: string, why: string) => `“${name}” could not be opened. ${why}`,
    tooLarge: (name: string, bytes: number, most: number) =>
      `“${name}” has ${format.bytes(bytes)}; the page can open models of up to ${format.bytes(most)}.`,
  },

  sample: {
    title: 'Sample',
    now: 'now',
    nowAt: (label: string) => `now, ${label}`,
    earlier: 'Earlier sample',
    first: 'before the first step',
    after: (step: number) => `after step ${format.count(step)}`,
    blank: 'Only empty lines so far.',
    empty:
      'Press Train. Every few seconds the model writes here what it can so far: first noise, then letters, then words.',
    timeline: 'Timeline',
    play: 'Play',
    stopPlaying: 'Stop playing',
    show: 'Sample to show',
    save: 'Save',
    saveAll: 'Save samples',
    fileTitle: 'Samples of one run of mini-llm, each with the same prompt and the same seed',
  },
  plainWords: PLAIN_WORDS,
  write: {
    title: 'Generate text',
    prompt: 'Prompt',
    generate: 'Generate',
    cancel: 'Cancel',
    hint: 'The model continues this text. Leave it empty to start a new line.',
    pauses: 'The model generates as it is now; training pauses meanwhile.',
    look: 'Look inside: why these words?',
    more: 'More options',
    generated: 'Generated text',
    speed: (n: number, rate: number) => `${tokens(n)} · ${format.rate(rate)} tokens/s`,
    complete: (several: boolean) => `${several ? 'The texts are' : 'The text is'} complete.`,
    canceled: (several: boolean) => `${several ? 'The texts are' : 'The text is'} canceled.`,
    cutOff: (several: boolean) => `${several ? 'The texts are' : 'The text is'} cut off.`,
    replaced: 'The text ends here because another model replaced the one that generated it.',
    seed: 'Generated with seed',
    freshSeed: 'Generate uses a new seed each time.',
    keepSeed: 'Use this seed again',
    fieldSeed: 'Generate uses the seed of the field “Seed”.',
    renewSeed: 'Use a new seed each time',
    empty: 'Generated text appears here while the model generates it.',
    sample: (n: number) => `Sample ${n}`,
    promptTooLong: PROMPT_TOO_LONG,
  },
  copied: {
    ofSample: 'What does the sample copy from the training text?',
    ofGenerated: 'What do the generated texts copy from the training text?',
    unknown:
      'The text that an opened model was trained on is not known here. Train a model on this page to see what it repeats.',
    waiting: 'As soon as a text is complete, the pieces that it repeats are marked here.',
    share: (share: number, characters: number) =>
      `${format.roundPercent(share)} of this text stands in the training text, letter for letter. The longest piece has ${format.plural(characters, { one: '# character', other: '# characters' })}.`,
    nothing: 'Nothing longer than a few words is copied from the training text.',
    passage: 'In the training text the longest piece stands here:',
  },

  next: {
    about:
      'A model does not write words: after each token it says how likely every token of its vocabulary is to come next. The filters drop some, and one is drawn. Press a token to go on with it.',
    generated: 'The prompt and what was generated from it. Change it here and it is the prompt.',
    samePrompt: 'The same prompt as for Generate.',
    noPrompt: 'It is empty, so the beginning of the training text is shown.',
    skipped: (n: number) => `The first ${tokens(n)} are not shown: the model does not see them.`,
    legend: 'Tokens of the text; choose one to see what could have followed it',
    shades: 'The more color a token has, the likelier it was. A dot is a space, ⏎ the end of a line.',
    likely: (text: string, share: number) =>
      `${text}, ${format.probability(share)} likely after what precedes it`,
    summary: (text: string, share: number) =>
      `The model’s likeliest next token is ${text}, with ${format.probability(share)}.`,
    always: 'The sampler takes it always.',
    among: (kept: number, vocabulary: number) =>
      `The sampler chooses among ${tokens(kept)} of ${format.count(vocabulary)}.`,
    before: 'what the model says',
    after: 'what the sampler draws from',
    candidates: 'Likeliest next tokens',
    model: 'model',
    sampler: 'sampler',
    dropped: 'dropped',
    last: 'Choose the last token above to go on from there.',
  },
  attention: {
    about:
      'To say what comes next, each head of each layer looks back at earlier tokens and takes something from them. Point at a token, or move to it with the arrow keys, to see where it looked.',
    layer: 'Layer',
    head: 'Head',
    all: 'All heads at once',
    legend: 'Tokens of the text; choose one to see where it looked',
    place: (layer: number, head: number) => `Layer ${layer}, head ${head}`,
    map: 'Map of its attention',
    mapOf: (layer: number, head: number) =>
      `Map of the attention of head ${head} in layer ${layer}: a row for each token, a column for each token that it can see`,
    mapHelp:
      'A row of the map is a token, a column one that it looks at; more color is more. Above the diagonal it is empty: no token sees a later one.',
    arcs: 'Arcs of attention',
    does: HEAD_TEXT,
    share: (text: string, share: number) => `${text}, ${format.probability(share)} of the attention`,
    most: (text: string, token: number, share: number) =>
      `${text} (token ${token}, ${format.probability(share)})`,
    summary: (layer: number, head: number, does: string, token: number, text: string, most: string) =>
      `Head ${head} of layer ${layer} ${does}. To say what follows token ${token}, ${text}, it looks most at ${most}.`,
    named: 'Heads that do one thing',
    noneNamed:
      'None: every head looks at many tokens. Longer training or a larger model is more likely to show some.',
    measured: 'Measured on this text, and for repeats on its tokens in another order, twice.',
    lens: 'Layer by layer',
    off: 'Switch parts off',
  },
  lens: {
    about: 'What the model would say after the chosen token if its layers ended here, likeliest first.',
    fromEmbeddings: (text: string) => `The likeliest token is ${text} from the embeddings on.`,
    fromLayer: (text: string, layer: number) => `The likeliest token is ${text} from layer ${layer} on.`,
    table: 'Table of the layers',
    caption: 'Likeliest next tokens after each layer',
    after: 'After',
    embeddings: 'Embeddings',
    layer: (layer: number) => `Layer ${layer}`,
  },
  ablation: {
    tooShort: 'A loss needs a text of at least two tokens.',
    about: (loss: number) =>
      `The loss of the text in view is ${format.loss(loss)} nats per token. Each number says by how much it changes without that part alone: the larger, the more the model needs it here. Take a tick away to switch the part off in every view.`,
    caption: 'Change of the loss without each layer and each head',
    wholeLayer: 'whole layer',
    head: (head: number) => `head ${head}`,
    layer: (layer: number) => `Layer ${layer}`,
    wholePart: (layer: number, change: string) =>
      `The whole of layer ${layer}; without it the loss changes by ${change}`,
    headPart: (layer: number, head: number, change: string) =>
      `Head ${head} of layer ${layer}; without it the loss changes by ${change}`,
    off: (parts: number, loss: number, change: string) =>
      `With ${parts} switched off the loss is ${format.loss(loss)} (${change}).`,
    continuation: 'The likeliest continuation',
    without: '… with parts switched off',
    allOn: 'Switch everything on',
  },
  tokens: {
    about:
      'A model reads and writes tokens, which are numbers. A token stands for a single byte or, with the tokenizer `bpe`, for a frequent piece of a word. Each piece below is a token; point at it to see its number.',
    which: 'Text to split into tokens',
    beginning: 'Beginning of the training text',
    newest: 'Newest sample',
    text: 'Text in tokens',
    token: (id: number) => `token ${id}`,
    count: (n: number, bytes: number) =>
      `${tokens(n)} for ${format.plural(bytes, { one: '# byte', other: '# bytes' })}.`,
    noModel: 'Train or open a model first: its tokenizer splits the text.',
  },
  embeddings: {
    about:
      'The model keeps each token as a list of numbers, its embedding. Tokens that it uses alike come to lie near each other. The map shows the most frequent tokens of your text along the two directions in which they differ most (PCA).',
    empty: 'The text is empty: put in a text whose tokens are to be shown.',
    follow: 'Follow the training',
    refresh: 'Refresh',
    step: (step: number) => `After step ${format.count(step)}`,
    token: 'Token',
    neighbors: 'Nearest tokens',
    neighborsHelp:
      'By the cosine of the angle between the two embeddings: 1 is the same direction, 0 none in common. Press one to go there.',
    explained: (x: number, y: number) =>
      `Across it shows ${format.roundPercent(x)} of all differences, upward ${format.roundPercent(y)}.`,
    summary: (n: number, groups: string) => `Map of ${tokens(n)}. ${groups}`,
    group: (name: string, n: number, near: string) =>
      `${name}: ${format.count(n)}, mostly nearest to ${near}.`,
    ownGroup: 'their own group',
    groups: {
      vowel: 'vowels',
      consonant: 'consonants',
      capital: 'capitals',
      digit: 'digits',
      punctuation: 'punctuation',
      space: 'spaces',
      hangul: 'Hangul',
      word: 'beginnings of words',
      piece: 'pieces of words',
      other: 'others',
    },
  },
  race: {
    about:
      'For each new token a model needs the keys and values of all tokens before it. With the KV cache it computes them once and keeps them; without it, it computes the whole text again for each token. Here both write the same text with the same seed, a token of each in turn.',
    tokens: 'Tokens to write',
    start: 'Race',
    stop: 'Stop',
    busy: 'Wait for the end of generation: each would slow down the other.',
    pauses: 'Training waits meanwhile.',
    on: 'With cache',
    off: 'Without cache',
    rate: (perSecond: number) => `${format.rate(perSecond)} tokens/s`,
    computed: (n: number) => `${tokens(n)} computed`,
    work: 'What is computed',
    workHelp: 'A row is a new token, a column a token of the text.',
    computedKey: 'computed',
    cachedKey: 'read from the cache',
    workLabel: (lane: string, steps: number, computed: number, cached: number) =>
      `${lane}: for ${format.plural(steps, { one: '# new token', other: '# new tokens' })}, ${tokens(computed)} computed and ${tokens(cached)} read from the cache.`,
    time: 'Milliseconds of each token',
    timeHelp:
      'By its position. The first token, for which both compute the whole prompt, is left out. Peaks that leave the chart come from other work on the machine.',
    timeLabel: (n: number, on: number, off: number) =>
      `Chart of the time of ${tokens(n)}: on average ${format.decimal(on, 2)} ms with the cache and ${format.decimal(off, 2)} ms without.`,
    running: (done: number, all: number) => `Token ${format.count(done)} of ${format.count(all)} …`,
    faster: (speed: number, work: number) =>
      `With the cache it is ${format.decimal(speed, 1)} times as fast; without it, ${format.decimal(work, 1)} times as many tokens are computed.`,
    slower: (work: number) =>
      `Here the cache gains nothing: without it, ${format.decimal(work, 1)} times as many tokens are computed, but these are too few to matter.`,
    past: (context: number) =>
      `Past the context of ${tokens(context)} the window moves on: a model with learned positions then computes it again, with the cache too.`,
    same: 'Both wrote the same text:',
    different: 'The texts differ, which must not happen; please report it. With the cache:',
    cutOff: 'It was stopped.',
  },
  structure: {
    about:
      'A text goes through these parts from top to bottom; the blocks repeat. The drawing follows the options. Press a part to see its formula and its numbers.',
    blocks: (n: number) => format.plural(n, { one: '# block', other: '# blocks, one after another' }),
    add: '+ what came in',
    begin: 'tokens',
    end: 'likelihood of every next token',
    total: (n: number) => `${format.count(n)} parameters`,
    weights: (bytes: number) => `${format.bytes(bytes)} of weights`,
    cache: (bytes: number) => `${format.bytes(bytes)} of keys and values in a full KV cache`,
    training: (bytes: number) => `at most ${format.bytes(bytes)} of memory to train`,
    parameters: 'parameters',
    time: 'of a step’s time',
    measure: 'Measure where the time goes',
    measuring: 'Measuring …',
    measureHelp: 'Trains a new model with these options for about a second, and forgets it.',
    wait: 'Stop training to measure: each would slow down the other.',
    measured: (ms: number, update: number, rest: number) =>
      `A step takes ${format.decimal(ms, 1)} ms. ${format.roundPercent(update)} of it is the optimizer’s, ${format.roundPercent(rest)} belongs to no part. Equal operations are measured together: norms are divided by their number, matrix products by their size.`,
    share: (of: number) => `${format.roundPercent(of)} of the time`,
    none: 'no parameters',
    exact: (n: number, bytes: number) =>
      `${format.plural(n, { one: '# parameter', other: '# parameters' })}, ${format.bytes(bytes)} as float32`,
    each: (n: number, blocks: number) =>
      `${format.count(n)} in each of ${format.plural(blocks, { one: '# block', other: '# blocks' })}`,
    tensor: 'Tensor',
    shape: 'Shape',
    parts: {
      tokens: {
        label: 'Token embedding',
        help: 'Each token of the vocabulary has a row of numbers, which the model learns.',
      },
      positions: {
        label: 'Position embedding',
        help: 'Each place of the context has a row of numbers too; without it the order of the tokens would be lost.',
      },
      norm_1: { label: 'Norm', help: 'Brings the numbers of each token to a common size.' },
      qkv: {
        label: 'Queries, keys, values',
        help: 'For each head: what a token looks for, what it offers, and what it passes on.',
      },
      rotary: {
        label: 'Norm and rotation',
        help: 'Turns pairs of numbers by the position, so that the angle between a query and a key tells how far apart their tokens are.',
      },
      attention: {
        label: 'Attention',
        help: 'Each head gathers values from the token itself and those before it, the more the better query and key agree.',
      },
      attention_out: { label: 'Output of attention', help: 'Mixes what the heads have gathered.' },
      norm_2: { label: 'Norm', help: 'Brings the numbers of each token to a common size.' },
      mlp_in: {
        label: 'MLP, widening',
        help: 'Looks at each token by itself, with more numbers than the model is wide.',
      },
      activation: {
        label: 'Activation',
        help: 'Lets small and negative numbers through only in part; without it, layers in a row could do no more than one.',
      },
      mlp_out: { label: 'MLP, narrowing', help: 'Brings the result back to the width of the model.' },
      last_norm: { label: 'Last norm', help: 'Brings the numbers to a common size once more.' },
      head: {
        label: 'Head',
        help: 'One number for each token of the vocabulary, from which softmax makes likelihoods. Usually its table is that of the token embedding.',
      },
    },
  },
  sentence: {
    own: 'Your own sentence',
    label: 'Sentence',
    example: 'The quick brown fox, 다람쥐 and 🐈',
    tokens: 'Tokens of the sentence',
    summary: (n: number, characters: number) =>
      `${tokens(n)} for ${format.plural(characters, { one: '# character', other: '# characters' })}.`,
    partsHelp:
      'A character of several tokens has a frame around them; each of them holds only some of its bytes.',
    part: (i: number, of: number, character: string, id: number) =>
      `part ${i} of ${of} of ${character}, token ${id}`,
    merges: 'How they came about',
    bytes: 'This model’s tokens are single bytes, so there is nothing to merge.',
    about:
      'At first each byte is a token. Then the tokenizer joins pairs in the order in which it has learned them, the most frequent ones first.',
    longest: (n: number) => `Only the first ${n} characters are shown.`,
    back: 'Back',
    next: 'Next',
    play: 'Play',
    stop: 'Stop',
    slider: 'Merge to show',
    at: (i: number, all: number) =>
      `after ${i} of ${format.plural(all, { one: '# merge', other: '# merges' })}`,
    begin: (n: number) =>
      `The beginning: ${format.plural(n, { one: '# byte', other: '# bytes' })}, each a token.`,
    merge: (left: string, right: string, into: string, id: number) =>
      `${left} and ${right} become ${into}, token ${id}.`,
    left: (n: number) => format.plural(n, { one: '# token is left.', other: '# tokens are left.' }),
    state: 'Tokens at this point',
  },

  runs: {
    about:
      'Runs are saved here while they train, with their text. A run that you rename or duplicate stays until you delete it; the others make room for new ones when space is short, the oldest first.',
    inMemory:
      'This browser keeps nothing for this page, as in some private windows: runs are gone when the tab is closed. Save the model to a file.',
    inDatabase: 'This browser has no private file system for pages, so runs are kept in its database.',
    deleted: (name: string) => `“${name}” is deleted.`,
    undo: 'Undo',
    none: 'No runs yet: press Train.',
    space: (used: number | undefined, left: number | undefined) =>
      `${format.bytes(used)} used by this page, ${format.bytes(left)} left.`,
    persisted: 'The browser deletes nothing of it by itself.',
    mayDelete: 'The browser may delete it when the disk is nearly full.',
    persist: 'Ask it to keep everything',
    notPersisted: 'The browser did not agree. It does for pages that are visited often or bookmarked.',
    cannotKeep: 'This browser cannot keep runs.',
    openHere: 'open here',
    elsewhere: 'open in another tab',
    name: 'Name of the run',
    rename: 'Rename',
    cancel: 'Cancel',
    options: 'Options',
    open: 'Open',
    copyOf: (name: string) => `${name} (copy)`,
    duplicate: 'Duplicate',
    download: 'Download',
    delete: 'Delete',
    step: (step: number, steps: number) => `step ${format.count(step)} of ${format.count(steps)}`,
    loss: (loss: number | null) => `loss ${format.loss(loss)}`,
    validationLoss: (loss: number) => `validation loss ${format.loss(loss)}`,
    parameters: (n: number) => `${format.parameters(n)} parameters`,
    text: (name: string, bytes: number) => `text: ${name === '' ? 'typed' : name}, ${format.bytes(bytes)}`,
    saved: (ms: number) => `saved ${format.time(ms)}`,
  },
  offer: {
    title: 'Last run',
    ended: (name: string, n: number) => `Your run “${name}” has ended after ${steps(n)}`,
    stands: (name: string, step: number, steps: number) =>
      `Your run “${name}” stands at step ${format.count(step)} of ${format.count(steps)}`,
    loss: (loss: number) => `, with a loss of ${format.loss(loss)}`,
    saved: (ms: number) => `Saved ${format.time(ms)}.`,
    goOn: 'Go on',
    open: 'Open it',
    notNow: 'Not now',
  },
  openModel: {
    title: 'Model from a file',
    help: 'A model file (.safetensors) that you saved here or on the command line. A GPT-2 or Qwen3 of another program opens too: choose its config.json, tokenizer.json and .safetensors files together, or drop its folder or a ZIP archive of it on the page.',
    open: 'Open model',
    field: 'Model file to open',
  },

  file: {
    title: 'Model file',
    help: 'A model file (.safetensors) holds the weights and everything that training needs to continue, here or on the command line. To open it again, go to [Runs](#runs).',
    noModel:
      'Train a model, or open one under [Runs](#runs): here you save it to a file and export it to other programs.',
    adapter:
      'An adapter file holds only the LoRA matrices: to use it, open its base model, then the adapter.',
    save: 'Save model',
    saveAdapter: 'Save adapter',
    format: 'Export as',
    numbers: 'Numbers',
    weights: 'Weights to export',
    export: 'Export',
    writes: (help: string) => `Writes ${help}.`,
    folder: 'The folder comes as a ZIP archive.',
  },
  exportFormats: described<ExportFormatName>(exportRows),
  recipe: {
    about: (bytes: number, hash: string) =>
      `Everything that is needed to repeat this run, except the text itself (${format.bytes(bytes)}, SHA-256 \`${hash}\`).`,
    same: (version: string, everywhere: boolean) =>
      `With mini-llm ${version} and that text it ends at the same bits on ${everywhere ? 'every machine' : 'the same kind of processor'}.`,
    changes:
      'The options changed while the run went on: each further line goes on with the model of the line before.',
    linkHasLast: 'A link has the last ones.',
    copyCommand: 'Copy command line',
    copyJson: 'Copy JSON',
    copyLink: 'Copy link',
    toCopy: 'Recipe to copy',
    help: '`mini-llm train --recipe` reads the JSON, and every saved model holds it. The link opens this page with the same options.',
    unknown:
      'This model’s file does not say how its run began: an earlier version saved it, or it holds only weights.',
    noModel:
      'Train a model or open one: this shows how its run can be repeated, here or on the command line.',
  },

  progress: {
    title: 'Progress',
    restored: (step: number) => `The model and the losses are those of step ${format.count(step)}.`,
    loss: 'Loss',
    lossHelp: 'surprise at the next token, in nats; lower is better',
    validationLoss: 'Validation loss',
    validationHelp: 'the loss on a part of the text that is kept out of training',
    noValidation: 'the text is too short to keep a part for validation',
    bits: 'Bits per byte',
    bitsOfTraining: 'the training loss in bits per byte of text; guessing gives 8',
    bitsOfValidation: 'the validation loss in bits per byte of text; guessing gives 8',
    rate: 'Tokens/s',
    rateHelp: 'speed of training',
  },
  chart: {
    title: 'Loss by step',
    training: 'training',
    validation: 'validation',
    best: (step: number) => `best, step ${format.count(step)}`,
    help: 'Both fall while the model learns. If the validation loss rises while the training loss still falls, the model is memorizing the text.',
    empty: 'Loss curves, empty until training begins.',
    summary: (step: number, loss: number) =>
      `Loss curves up to step ${format.count(step)}, with a loss of ${format.loss(loss)}.`,
    summaryBoth: (step: number, loss: number, validation: number) =>
      `Loss curves up to step ${format.count(step)}, with a loss of ${format.loss(loss)} and a validation loss of ${format.loss(validation)}.`,
    marked: (step: number) => `Step ${format.count(step)} with the best validation loss is marked.`,
  },
  settings: {
    preset: 'Preset',
    all: 'All options',
    size: (parameters: number, bytes: number) =>
      `${format.parameters(parameters)} parameters (the numbers that training adjusts), ${format.bytes(bytes)} of memory. You can stop training at any time and keep the model.`,
    figures: (parameters: number, bytes: number, seconds: number) =>
      `${format.parameters(parameters)} parameters · ${format.bytes(bytes)} · ${format.estimate(seconds)}`,
    readAs: (value: string) => `Read as ${value}.`,
    onePerLine: (help: string) => `${help}; one per line`,
    finetuning: 'Fine-tuning',
    finetuningHelp:
      '“Fine-tune on this text” trains the current model on the training text. The model keeps its shape and its tokenizer; steps, batch size and other options are those under “All options”.',
    finetuningOptions: 'Options of fine-tuning',
  },
  presets: described<PresetName>(PRESETS),
  fitted: DEFAULTS_TEXT,
  options: described<OptionName>(OPTIONS),
  /** Choices that are words of a language; the others are names. */
  choices: {} as Readonly<Record<string, string>>,
  validation: VALIDATION_TEXT,
  benchmark: {
    about:
      'Measures how fast this browser trains and generates. W1 and W2 train a model with 4 layers and width 128 on contexts of 64 and 128 tokens; G1 generates with it. W3 and G3 use 6 layers, width 384 and a context of 256. The tables show medians of several rounds, and the share of this processor’s peak speed in WebAssembly. Your text and your model stay unchanged.',
    large: 'Include large models (W3, G3)',
    everyBuild: 'Measure every build that runs here',
    start: 'Run benchmark',
    stop: 'Stop benchmark',
    copy: 'Copy',
    waitForTraining: 'Wait for the end of training: each would slow down the other.',
    waitForGeneration: 'Wait for the end of generation: each would slow down the other.',
    progress: 'Benchmark progress',
    preparing: 'Preparing …',
    measuring: (what: string) => `Measuring ${what} …`,
    done: 'Done.',
    stopped: 'Stopped.',
    stoppedByTraining: 'Stopped because training began.',
    stoppedByGeneration: 'Stopped because generation began.',
    markdown: 'Results as Markdown',
    profile: 'Time of each operation in a step',
    tables: BENCH_TEXT,
  },

  beside: {
    title: 'While it trains',
    hidden: 'Training goes on while another tab is in front.',
    awake: 'Keep the screen on',
    awakeHelp:
      'So that this device does not fall asleep. It may again when training pauses, ends or is out of sight.',
    noAwake: 'This browser cannot keep the screen on.',
    tell: 'Tell me when it is done',
    tellHelp: 'A notification with the figures, if you are looking elsewhere by then.',
    noTell: 'This browser has no notifications for this page.',
    denied:
      'This browser does not allow this page to notify you, which is fine: the title of the tab shows how far the training is. You can allow it in the browser’s settings for this site.',
    done: 'Training is done',
    early: 'Training stopped early',
    reached: 'Training reached its step',
    failed: 'Training failed',
    figures: (n: number, seconds: number) => `${steps(n)} in ${format.duration(seconds)}.`,
    validation: (loss: number, bits: number | null) =>
      `Validation loss ${format.loss(loss)} (${format.loss(bits)} bits per byte).`,
    loss: (loss: number | null) => `Loss ${format.loss(loss)}.`,
  },
  compare: {
    choose: 'Runs to compare',
    few: 'Train two runs, for instance with another learning rate, and compare them here.',
    steps,
    metric: 'Curve',
    metrics: {
      val: 'Validation loss',
      train: 'Training loss',
      val_bits_per_byte: 'Bits per byte, validation',
      train_bits_per_byte: 'Bits per byte, training',
      perplexity: 'Perplexity, validation',
      lr: 'Learning rate',
      grad_norm: 'Gradient norm',
      tokens_per_s: 'Tokens per second',
    },
    smoothing: 'Smoothing',
    none: 'none',
    step: 'Step to read',
    at: (step: number) => `At step ${format.count(step)}`,
    missing: 'not measured',
    hint: 'Move over the curves, or the slider below them, to read the values.',
    csv: 'Save the numbers (CSV)',
    png: 'Save the picture (PNG)',
    noPicture: 'The picture could not be made.',
    byStep: (metric: string) => `${metric} by step.`,
    curve: (
      name: string,
      first: string,
      from: number,
      last: string,
      to: number,
      lowest: string,
      at: number,
    ) =>
      `${name}: from ${first} at step ${format.count(from)} to ${last} at step ${format.count(to)}, lowest ${lowest} at step ${format.count(at)}.`,
    noCurve: (name: string) => `${name}: not measured.`,
    differ: 'What differs',
    option: 'Option',
    text: 'Text',
    typed: 'typed',
    parameters: 'Parameters',
    same: 'These runs have the same text and the same options.',
    samples: 'Samples',
    sameSeed: (step: number) => `With the same prompt and the same seed, up to step ${format.count(step)}.`,
    otherSeed: (step: number) =>
      `Up to step ${format.count(step)}. The prompts or the seeds of these runs are not the same.`,
    noSample: 'No sample until this step.',
  },
  footer: {
    private: 'Your text, your model and the generated text stay in this browser; nothing is uploaded.',
    offline: 'This page also opens without a network.',
    loading: 'Loading the core …',
    notLoaded: 'The core is not loaded.',
    build: (variant: string, description: string, threads: number) =>
      `Runs on this processor: ${variant} build (${description}), ${format.plural(threads, { one: '# thread', other: '# threads' })}.`,
    builds: {
      baseline: 'WebAssembly SIMD',
      relaxed: 'WebAssembly relaxed SIMD',
      threads: 'WebAssembly SIMD with threads',
      'relaxed-threads': 'WebAssembly relaxed SIMD with threads',
      'threads-wide': 'WebAssembly SIMD at 256 bits with threads',
      'relaxed-threads-wide': 'WebAssembly relaxed SIMD at 256 bits with threads',
    },
    reload: 'Reload the page to run threads.',
    insecure: 'To run threads, open the page over https, or as localhost on the machine that serves it.',
    framed: 'To run threads, open the page in its own tab.',
    blocked: `To run threads, allow service workers for this page (private windows often block them), or let its host send ${HEADERS}.`,
    refused: `This browser ignores the service worker that isolates the page; to run threads, let its host send ${HEADERS}.`,
  },
  variants: VARIANT_TEXT,

  viewer: {
    about:
      'A small language model that continues your text. It has learned the look, the words and the phrases of one text, not facts. It is inside this file and runs on this device; nothing is sent anywhere.',
    opening: 'Opening the model …',
    failed: (why: string) => `The model could not be opened. ${why}`,
    lost: (why: string) => `${why === '' ? 'The model could not be started.' : why} Open the page again.`,
    footer: (version: string) =>
      `This page is a single file, which holds the model and the program. It works without a network, and what you write stays here. Made with mini-llm ${version}.`,
    facts: 'About this model',
    int8: 'Its weights are rounded to 8 bits, which makes them a quarter as large and changes the text little. The loss was measured before.',
    bits: 'bits per byte',
    lossHelp: 'what the model needs for a byte of text that it has not seen; lower is better',
    lossInNats: (help: string, loss: number) => `${help} (${format.loss(loss)} nats per token)`,
    training: 'Training',
    ofSteps: (n: number) => `of ${format.count(n)} steps`,
    steps: 'steps',
    trainingHelp: 'updates of the weights',
    parameters: 'Parameters',
    parametersHelp: 'numbers that it has learned',
    exported: 'Exported',
    exportedHelp: 'when this page was made',
    trainedOn: (hash: string) => `It was trained on a text with the SHA-256 \`${hash}\`.`,
    noRecord: 'The file held the weights alone, without a record of their training.',
    option: 'Option',
    value: 'Value',
  },
};

/** Which weights a run that has ended has in use: the last ones, or the best. */
function inUse(last: number | undefined): string {
  return last === undefined
    ? 'its weights were restored'
    : `the weights of the last step (${format.count(last)}) are in use`;
}
