// The headers that isolate a page, so that its threads can share memory.

const HEADERS = {
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Embedder-Policy': 'require-corp',
};
/** What the headers apply to. Other files are passed on as they are, which keeps what browsers store with them. */
const ISOLATED: readonly RequestDestination[] = ['document', 'iframe', 'worker', 'sharedworker'];

/** A plugin of Workbox: adds the headers to pages and workers whose host does not send them. */
export async function isolated({
  request,
  response,
}: {
  request: Request;
  response: Response;
}): Promise<Response> {
  // Status 0 is an opaque response or a redirect, which cannot be made anew.
  if (response.status === 0 || !ISOLATED.includes(request.destination)) return response;
  const missing = Object.entries(HEADERS).filter(([name]) => !response.headers.has(name));
  if (missing.length === 0) return response;
  const headers = new Headers(response.headers);
  for (const [name, value] of missing) headers.set(name, value);
  const { status, statusText } = response;
  return new Response(response.body, { status, statusText, headers });
}
