// Generation on request: the prompt, the text that comes, and how fast it comes.

import type { GeneratedPiece } from '../../engine/generate.ts';

export class Writing {
  prompt = $state('');
  /** The prompt of the text on show, which may have been edited since. */
  shownPrompt = $state('');
  text = $state('');
  tokens = $state(0);
  tokensPerSecond = $state(0);
  busy = $state(false);
  finished = $state(false);
  note = $state('');
  problem = $state('');
  #id = 0;

  /** A new text begins; pieces of any other are ignored from now on. */
  begin(): number {
    this.shownPrompt = this.prompt;
    this.text = '';
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
    this.text += piece.text;
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
