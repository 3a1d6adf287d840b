// Long work in the event loop: giving turns to others, and being aborted.

const scope = globalThis as { setImmediate?: (callback: () => void) => unknown };

/** Yields, so that messages, signals and clicks are handled. setTimeout would wait 4 ms or more. */
export const nextTurn: () => Promise<void> = scope.setImmediate
  ? () => new Promise((resolve) => scope.setImmediate?.(resolve))
  : byMessage();

function byMessage(): () => Promise<void> {
  const { port1, port2 } = new MessageChannel();
  const waiting: (() => void)[] = [];
  port1.onmessage = () => waiting.shift()?.();
  return () =>
    new Promise((resolve) => {
      waiting.push(resolve);
      port2.postMessage(0);
    });
}

/** A signal that is aborted as soon as one of these is, like AbortSignal.any, which browsers before 2024 lack. */
export function anySignal(signals: readonly AbortSignal[]): AbortSignal {
  const any = new AbortController();
  for (const signal of signals) {
    if (signal.aborted) {
      any.abort(signal.reason);
      break;
    }
    signal.addEventListener('abort', () => any.abort(signal.reason), { once: true, signal: any.signal });
  }
  return any.signal;
}
