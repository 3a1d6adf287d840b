// Shows training while it runs: a progress bar on a terminal, a line now and then in a log, or JSON lines.

import { Presets, SingleBar } from 'cli-progress';
import type { Progress, RunEvent } from '../engine/events.ts';
import { formatCount, formatDuration, formatLoss, formatRate } from '../engine/format.ts';
import { liveText } from '../engine/live-text.ts';
import { bold, print, printJson, resetTerminalAtExit, say } from './terminal.ts';

export interface Report {
  take(event: RunEvent): void;
  /** Prints a message. */
  say(line: string): void;
  end(): void;
}

export function makeReport(json: boolean): Report {
  if (json) return new JsonReport();
  return process.stderr.isTTY ? new BarReport() : new LineReport();
}

const BAR = { stream: process.stderr, clearOnComplete: true, gracefulExit: false } as const;

/** Shows how much of the vocabulary is learned; call with 1 at the end. */
export function vocabularyProgress(): (done: number) => void {
  if (!process.stderr.isTTY) return () => undefined;
  const format = 'Learning the vocabulary {bar} {percentage} %';
  const bar = new SingleBar({ ...BAR, format, barsize: 20 }, Presets.shades_classic);
  return (done) => {
    if (!bar.isActive) bar.start(100, 0);
    if (done < 1) bar.update(Math.floor(100 * done));
    else bar.stop();
  };
}

function losses(p: Progress): string {
  const validation =
    p.val_loss === null
      ? ''
      : ` · validation ${formatLoss(p.val_loss)} (${formatLoss(p.val_bits_per_byte)} bits/byte)`;
  return `loss ${formatLoss(p.train_loss)}${validation}`;
}

function printSample(event: RunEvent & { event: 'sample' }): void {
  print(`--- sample at step ${event.weights_step} ---\n${event.prompt}${liveText(event.text, true)}\n---\n`);
}

class JsonReport implements Report {
  take(event: RunEvent): void {
    if (event.event === 'sample' && !event.done) return;
    printJson(event);
  }

  say(): void {
    // The events carry everything.
  }

  end(): void {
    // Nothing to close.
  }
}

/** A log gets a line at each validation, and otherwise at most one in this time. */
const LINE_EVERY_MS = 10_000;

class LineReport implements Report {
  #last = -Infinity;

  take(event: RunEvent): void {
    if (event.event === 'note') this.say(event.message);
    if (event.event === 'sample' && event.done) printSample(event);
    const now = performance.now();
    if (event.event !== 'eval' && (event.event !== 'step' || now - this.#last < LINE_EVERY_MS)) return;
    this.#last = now;
    this.say(
      `step ${formatCount(event.step)}/${formatCount(event.max_steps)} · ${losses(event)} · ` +
        `${formatRate(event.tokens_per_s)} tokens/s · ${formatDuration(event.eta_s)} left`,
    );
  }

  say(line: string): void {
    say(line);
  }

  end(): void {
    // Nothing to close.
  }
}

class BarReport implements Report {
  readonly #bar = new SingleBar(
    {
      ...BAR,
      hideCursor: true,
      // Fits 80 columns; the line of each validation has more.
      format: '{bar} {value}/{total} · {losses} · {speed} tokens/s · {eta_text} left',
      stopOnComplete: false,
      barsize: 10,
      fps: 5,
    },
    Presets.shades_classic,
  );
  #shown: Progress | undefined;

  constructor() {
    resetTerminalAtExit(() => this.#aside(() => undefined));
  }

  take(event: RunEvent): void {
    if (event.event === 'note') this.say(event.message);
    if (event.event === 'sample' && event.done) this.#aside(() => printSample(event));
    if (event.event === 'eval') this.say(`${bold(`step ${formatCount(event.step)}`)} · ${losses(event)}`);
    if (event.event === 'step' || event.event === 'eval') this.#show(event);
  }

  say(line: string): void {
    this.#aside(() => say(line));
  }

  end(): void {
    this.#bar.stop();
    this.#shown = undefined;
  }

  #payload(p: Progress): object {
    const validation = p.val_loss === null ? '' : ` · val ${formatLoss(p.val_loss)}`;
    return {
      losses: `loss ${formatLoss(p.train_loss)}${validation}`,
      speed: formatRate(p.tokens_per_s),
      eta_text: formatDuration(p.eta_s),
    };
  }

  #show(p: Progress): void {
    if (this.#shown) this.#bar.update(p.step, this.#payload(p));
    else this.#bar.start(p.max_steps, p.step, this.#payload(p));
    this.#shown = p;
  }

  /** Removes the bar, calls `write`, and draws the bar again below. */
  #aside(write: () => void): void {
    const shown = this.#shown;
    this.end();
    write();
    if (shown) this.#show(shown);
  }
}
