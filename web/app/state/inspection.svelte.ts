// The text that the panels of "Look inside" look at, and the parts of the model that are switched off meanwhile. All panels
// of a page share one.

import { sentence } from '../../engine/errors.ts';
import type { Candidate, InspectRequest, AblatedPart } from '../../engine/inspect.ts';
import { joinBytes } from '../../engine/join-bytes.ts';
import type { TokenPiece } from '../../engine/token-pieces.ts';
import type { Session } from './session.svelte.ts';

/** More tokens than this can neither be drawn nor read. */
const MOST_TOKENS = 256;
/** Without a prompt, so much of the training text is looked at. */
const BEGINNING = 48;
/** During training the panels are brought up to date at most this often, in milliseconds … */
const EVERY_MS = 1000;
/** … and take at most this share of the time. */
const SHARE = 0.1;

const all = new WeakMap<Session, Inspection>();

export function inspectionOf(session: Session): Inspection {
  const found = all.get(session) ?? new Inspection(session);
  all.set(session, found);
  return found;
}

export class Inspection {
  /** The tokens in view, at most the context. */
  pieces = $state.raw<readonly TokenPiece[]>([]);
  /** Tokens before them, which the model does not see. */
  skipped = $state(0);
  off = $state.raw<readonly AblatedPart[]>([]);
  /** The token that the panels ask about. */
  position = $state(0);
  /** Counts changes of the weights. */
  version = $state(0);
  problem = $state('');

  readonly #session: Session;
  /** Tokens that were chosen but are no whole character yet. */
  #pending = $state.raw<readonly Candidate[]>([]);
  #beginning = $state('');
  #generated = $state.raw<{ text: string; prompt: string }>();
  #requests = 0;
  #readyAt = 0;
  /** The weights of this version. */
  #model: unknown;
  #step = 0;

  constructor(session: Session) {
    this.#session = session;
  }

  /** What is typed or generated or, without both, the beginning of the training text. */
  get text(): string {
    return this.promptOrGenerated || this.#beginning;
  }

  /** The generated text that is looked at, until the prompt changes; otherwise the prompt. */
  get promptOrGenerated(): string {
    return this.isGenerated ? this.#generated!.text : this.#session.generation.prompt;
  }

  get isGenerated(): boolean {
    return this.#generated?.prompt === this.#session.generation.prompt;
  }

  /** Looks at a text that the prompt was continued to. */
  lookAt(text: string): void {
    this.#pending = [];
    this.#generated = { text, prompt: this.#session.generation.prompt };
  }

  get ready(): boolean {
    return this.#session.model !== undefined && this.pieces.length > 0;
  }

  /** The tokens up to the position in question. */
  get upToPosition(): InspectRequest {
    return this.#request(this.pieces.slice(0, this.position + 1));
  }

  get whole(): InspectRequest {
    return this.#request(this.pieces);
  }

  #request(pieces: readonly TokenPiece[]): InspectRequest {
    return { tokens: pieces.map(({ id }) => id), off: this.off };
  }

  /** Splits the text into tokens; for an effect. */
  follow(): void {
    const { model, text } = this.#session;
    void text.size; // another text begins otherwise
    const { promptOrGenerated } = this;
    if (model) void this.#split(promptOrGenerated, model.seq_len);
  }

  /** Notices that the model has changed; for an effect. */
  followTraining(): void {
    const { training, model } = this.#session;
    const step = training.progress?.weights_step ?? training.progress?.step ?? 0;
    if (!model) return;
    const changed = step !== this.#step || model !== this.#model;
    if (changed && (performance.now() >= this.#readyAt || !training.active)) {
      this.#step = step;
      this.#model = model;
      this.#readyAt = performance.now() + EVERY_MS;
      this.version++;
    }
  }

  async #split(typed: string, seq_len: number): Promise<void> {
    const request = ++this.#requests;
    try {
      if (typed === '') this.#beginning = await this.#session.text.beginning(BEGINNING);
      const pieces = await this.#session.tokens(typed || this.#beginning);
      if (request !== this.#requests) return;
      const pending = this.#pending.map(({ id, text, bytes }) => ({ id, text, bytes: bytes.length }));
      const most = Math.min(seq_len, MOST_TOKENS);
      const whole = [...pieces, ...pending];
      this.skipped = Math.max(0, whole.length - most);
      this.pieces = whole.slice(-most);
      this.position = this.pieces.length - 1;
      this.problem = '';
    } catch (error) {
      if (request === this.#requests) this.problem = sentence(error);
    }
  }

  /** Appends a token to the prompt. A part of a character waits for the rest of it. */
  choose(candidate: Candidate): void {
    const pending = [...this.#pending, candidate];
    const kept = this.text;
    try {
      const bytes = joinBytes(pending.map((token) => token.bytes));
      const text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
      this.#pending = [];
      this.#session.generation.prompt = kept + text;
    } catch {
      this.#pending = pending;
      this.#session.generation.prompt = kept;
      this.follow();
    }
  }

  /** Changes the text; what was chosen of an unfinished character is dropped. */
  type(text: string): void {
    this.#pending = [];
    this.#generated = undefined;
    this.#session.generation.prompt = text;
  }

  isOff(layer: number, head?: number): boolean {
    return this.off.some((part) => part.layer === layer && part.head === head);
  }

  toggle(layer: number, head?: number): void {
    this.off = this.isOff(layer, head)
      ? this.off.filter((part) => part.layer !== layer || part.head !== head)
      : [...this.off, { layer, ...(head !== undefined && { head }) }];
  }

  switchAllOn(): void {
    this.off = [];
  }

  /** Asks the core; during training no more often than it may. Returns undefined if a newer question has been asked. */
  question<T>(): (
    ask: (service: Parameters<Parameters<Session['inspect']>[0]>[0]) => Promise<T>,
  ) => Promise<T | undefined> {
    let newest = 0;
    return async (ask) => {
      const mine = ++newest;
      const began = performance.now();
      try {
        const answer = await this.#session.inspect(ask);
        const took = performance.now() - began;
        this.#readyAt = Math.max(this.#readyAt, performance.now() + took / SHARE);
        if (mine !== newest) return undefined;
        this.problem = '';
        return answer;
      } catch (error) {
        if (mine === newest) this.problem = sentence(error);
        return undefined;
      }
    };
  }
}
