// mini-llm's own benchmark, in a worker as the page runs the engine: only there may it wait for its threads.

export function measure(request) {
  const worker = new Worker('/script/mini-llm-worker.js', { type: 'module' });
  return new Promise((resolve, reject) => {
    worker.onmessage = ({ data }) => (data.error ? reject(new Error(data.error)) : resolve(data.results));
    worker.onerror = (event) => reject(new Error(event.message || 'the worker could not be started'));
    worker.postMessage(request);
  });
}
