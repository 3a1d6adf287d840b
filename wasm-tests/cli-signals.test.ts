// A second signal exits at once, unless it repeats the same key press.

import { Signals } from '../web/cli/exit.ts';

test('the second signal exits at once, unless it comes within half a second of the first', () => {
  const exit = process.exit.bind(process);
  const now = performance.now.bind(performance);
  const asked: string[] = [];
  process.exit = (code) => {
    asked.push(`exit ${String(code)}`);
    return undefined as never;
  };
  let time = 1000;
  performance.now = () => time;
  try {
    const signals = new Signals(() => asked.push('stop'));
    const send = (signal: NodeJS.Signals, at: number): void => {
      time = at;
      process.emit(signal, signal);
    };
    send('SIGINT', 1000);
    send('SIGINT', 1001);
    send('SIGTERM', 1499);
    expect(asked).toEqual(['stop']);
    expect(signals.received).toBe(130);
    send('SIGTERM', 1600);
    expect(asked).toEqual(['stop', 'exit 143']);
  } finally {
    process.exit = exit;
    performance.now = now;
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.removeAllListeners(signal);
  }
});
