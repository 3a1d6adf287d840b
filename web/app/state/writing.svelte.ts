// Generation on request: the prompt, the texts that come, and how fast they come.

import { withPiece, type GeneratedPiece, type GeneratedSample } from '../../engine/generate.ts';

export class Writing {
  prompt = $state('');
  /** The prompt of the text on show, which may have been edited since. */
  shownPrompt = $state('');
  samples = $state.raw<readonly GeneratedSample[]>([]);
  tokens = $state(0);
  tokensPerSecond = $state(0);
  busy = $state(false);
  finished = $state(false);
  note = $state('');
  problem = $state('');
  #id = 0;

  /** n new texts begin; pieces of any others are ignored from now on. */
  begin(n: number): number {
    this.shownPrompt = this.prompt;
    this.samples = Array.from({ length: n }, () => ({ text: '', tokens: 0, reason: '' }));
    this.tokens = 0;
    this.tokensPerSecond = 0;
    this.busy = true;
    this.finished = false;
    this.problem = '';
    this.note = '';
    return ++this.#id;
  }

  noted(id: number, note: string): void {
    if (id === this.#id) this.note = note;
  }

  take(id: number, piece: GeneratedPiece): void {
    if (id !== this.#id) return;
    this.samples = withPiece(this.samples, piece);
    this.tokens = piece.tokens;
    this.tokensPerSecond = piece.tokens_per_s;
  }

  end(id: number, problem = ''): void {
    if (id !== this.#id) return;
    this.busy = false;
    this.finished = problem === '';
    this.problem = problem;
  }
}
