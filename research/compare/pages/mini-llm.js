// Runs mini-llm's benchmark in a worker, because only a worker may block while it waits for threads.

export function measure(request) {
  const worker = new Worker('/script/mini-llm-worker.js', { type: 'module' });
  return new Promise((resolve, reject) => {
    worker.onmessage = ({ data }) => (data.error ? reject(new Error(data.error)) : resolve(data.results));
    worker.onerror = (event) => reject(new Error(event.message || 'the worker did not start'));
    worker.postMessage(request);
  });
}
