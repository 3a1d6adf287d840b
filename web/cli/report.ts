// What somebody sees while it trains: a bar on a terminal, a line now and then elsewhere, or JSON lines.

import { Presets, SingleBar } from 'cli-progress';
import type { Progress, RunEvent } from '../engine/events.ts';
import { liveText } from '../engine/live-text.ts';
import { formatCount, formatDuration, formatLoss, formatSpeed } from '../engine/format.ts';
import { put, putJson, restoreTerminalAtExit, say, strong } from './terminal.ts';

export interface Report {
  take(event: RunEvent): void;
  /** A line to the person, between the others. */
  say(line: string): void;
  end(): void;
}

export function makeReport(json: boolean): Report {
  if (json) return new JsonReport();
  return process.stderr.isTTY ? new BarReport() : new LineReport();
}

function losses(p: Progress): string {
  const validation =
    p.val_loss === null
      ? ''
      : ` · validation ${formatLoss(p.val_loss)} (${formatLoss(p.val_bits_per_byte)} bits/byte)`;
  return `loss ${formatLoss(p.train_loss)}${validation}`;
}

function showSample(event: RunEvent & { event: 'sample' }): void {
  put(`--- sample at step ${event.weights_step} ---\n${event.prompt}${liveText(event.text, true)}\n---\n`);
}

class JsonReport implements Report {
  take(event: RunEvent): void {
    if (event.event === 'sample' && !event.done) return;
    putJson(event);
  }

  say(): void {
    // The events say it all; a person's lines would only be in the way.
  }

  end(): void {
    // Nothing is left open.
  }
}

/** For logs: a line at each validation and otherwise not more often than this. */
const LINE_EVERY_MS = 10_000;

class LineReport implements Report {
  #last = -Infinity;

  take(event: RunEvent): void {
    if (event.event === 'note') this.say(event.message);
    if (event.event === 'sample' && event.done) showSample(event);
    const now = performance.now();
    if (event.event !== 'eval' && (event.event !== 'step' || now - this.#last < LINE_EVERY_MS)) return;
    this.#last = now;
    this.say(
      `step ${formatCount(event.step)}/${formatCount(event.max_steps)} · ${losses(event)} · ` +
        `${formatSpeed(event.tokens_per_s)} · ${formatDuration(event.eta_s)} left`,
    );
  }

  say(line: string): void {
    say(line);
  }

  end(): void {
    // Lines need no closing.
  }
}

class BarReport implements Report {
  readonly #bar = new SingleBar(
    {
      // Fits 80 columns; the line of each validation says it in full.
      format: '{bar} {value}/{total} · {losses} · {speed} · {eta_text} left',
      stream: process.stderr,
      hideCursor: true,
      clearOnComplete: true,
      stopOnComplete: false,
      barsize: 10,
      fps: 5,
      gracefulExit: false,
    },
    Presets.shades_classic,
  );
  #shown: Progress | undefined;

  constructor() {
    restoreTerminalAtExit(() => this.#aside(() => undefined));
  }

  take(event: RunEvent): void {
    if (event.event === 'note') this.say(event.message);
    if (event.event === 'sample' && event.done) this.#aside(() => showSample(event));
    if (event.event === 'eval') this.say(`${strong(`step ${formatCount(event.step)}`)} · ${losses(event)}`);
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
      speed: formatSpeed(p.tokens_per_s),
      eta_text: formatDuration(p.eta_s),
    };
  }

  #show(p: Progress): void {
    if (this.#shown) this.#bar.update(p.step, this.#payload(p));
    else this.#bar.start(p.max_steps, p.step, this.#payload(p));
    this.#shown = p;
  }

  /** Takes the bar away, says something and puts it back below. */
  #aside(speak: () => void): void {
    const shown = this.#shown;
    this.end();
    speak();
    if (shown) this.#show(shown);
  }
}
