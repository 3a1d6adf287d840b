// The measurements of `mini-llm bench --quick`, in a browser.
import { runBench } from '../../../web/engine/bench/bench.ts';
import { loadEngine } from '../../../web/engine/load.ts';

onmessage = async ({ data: request }) => {
  try {
    postMessage({ results: await results(request) });
  } catch (error) {
    postMessage({ error: String(error?.message ?? error) });
  }
};

async function results({ workload, threads, seconds, variant }) {
  const plan = {
    workloads: [workload],
    settings: [{ variant, threads }],
    contexts: [],
    rounds: 3,
    ms: seconds * 1000,
  };
  const host = {
    machine: { runtime: navigator.userAgent, cores: navigator.hardwareConcurrency },
    memory_limit: Infinity,
    load: (setting) => loadEngine({ ...setting, base: new URL('/wasm/', location.href) }),
    watch: () => {},
  };
  return (await runBench(plan, host)).results;
}
