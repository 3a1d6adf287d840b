// Benchmarks generation with the KV cache until the context is full, for float32 and int8 weights and for one
// and several samples, and its matrix products alone.
#include <benchmark/benchmark.h>

#include <string>

#include "bench/shapes.h"
#include "generate/generator.h"
#include "kernels/parallel.h"

namespace mini_llm::bench {
namespace {

void decode(benchmark::State& state, const Workload& w, bool int8, int n_threads, std::size_t n) {
  auto model = std::make_shared<Gpt>(ModelConfig{"gpt2", w.vocab, w.time, w.n_layer, w.n_head, w.n_embd});
  model->initialize(1);
  set_threads(n_threads);
  SampleOptions options;
  options.int8 = int8;
  options.n = n;
  options.max_new_tokens = w.time - 1;
  std::size_t tokens = 0;
  for (auto _ : state) {
    Generator generator(model, options, "\n");
    tokens += generator.advance(1e9).tokens;
  }
  set_threads(1);
  state.SetItemsProcessed(static_cast<std::int64_t>(tokens));  // of all samples
}

void product(benchmark::State& state, std::size_t k, std::size_t n, bool int8) {
  const std::vector<float> a = random_floats(k), b = random_floats(k * n, 2);
  std::vector<float> c(n), packed(packed_size(k, n)), scales(int8_scales(n));
  std::vector<std::int8_t> numbers(int8_size(k, n));
  pack(packed.data(), row_major(b.data(), n), k, n);
  quantize(numbers.data(), scales.data(), row_major(b.data(), n), k, n);
  for (auto _ : state) {
    if (int8)
      gemm_int8({c.data(), n}, a.data(), {numbers.data(), scales.data()}, 1, n, k);
    else
      gemm_packed({c.data(), n}, row_major(a.data(), k), {packed.data(), kPanel * k}, 1, n, k);
    benchmark::DoNotOptimize(c.data());
    benchmark::ClobberMemory();
  }
  state.counters["MAC/s"] =
      benchmark::Counter(static_cast<double>(k * n), benchmark::Counter::kIsIterationInvariantRate);
}

const int registered = [] {
  for (const bool int8 : {false, true}) {
    const std::string form = int8 ? "int8" : "float32";
    for (const Workload& w : {kWorkloads[1], kWorkloads[2]}) {
      for (const int n_threads : {1, 2})
        for (const std::size_t n : {1, 8})
          benchmark::RegisterBenchmark(
              ("decode/" + std::string(w.name) + "/" + form + "/threads:" + std::to_string(n_threads) +
               (n == 1 ? "" : "/samples:" + std::to_string(n)))
                  .c_str(),
              [=](benchmark::State& state) { decode(state, w, int8, n_threads, n); })
              ->UseRealTime();
      benchmark::RegisterBenchmark(
          ("one_row/" + std::string(w.name) + "/" + form).c_str(),
          [w, int8](benchmark::State& state) { product(state, w.n_embd, 4 * w.n_embd, int8); });
    }
  }
  return 0;
}();

}  // namespace
}  // namespace mini_llm::bench
