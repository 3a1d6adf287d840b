// Yields to the event loop, so that messages, signals and clicks are handled. setTimeout would wait 4 ms or more.

const scope = globalThis as { setImmediate?: (callback: () => void) => unknown };

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
