// Serves the page until Ctrl-C.
import { inCheckout } from './paths.mjs';
import { Failure, say } from './report.mjs';

/** The address to serve on, from PORT and HOST. Only this machine can connect unless HOST is set. */
export function address(defaultPort) {
  const port = Number(process.env.PORT || defaultPort);
  if (!Number.isInteger(port) || port < 1 || port > 65535) {
    throw new Failure(`PORT is "${process.env.PORT}"; it must be a whole number from 1 to 65535.`);
  }
  return { port, host: process.env.HOST || '127.0.0.1', strictPort: true };
}

export async function serve({ port, host }, start) {
  let server;
  try {
    server = await start(inCheckout('vite.config.ts'));
  } catch (error) {
    if (!/already in use|EADDRINUSE|EACCES/.test(String(error))) throw error;
    throw new Failure(
      `Port ${port} is taken or not allowed; choose another one, e.g. with PORT=${(port % 65535) + 1}.`,
    );
  }
  say(`mini-llm is served on http://${host === '127.0.0.1' ? 'localhost' : host}:${port} (Ctrl-C ends it)`);
  for (const signal of ['SIGINT', 'SIGTERM']) {
    process.once(signal, () => void server.close().finally(() => process.exit(0)));
  }
}
