// The matrix products of a training step, forward (NN), gradients of input (NT) and weight (TN), and of
// generating one token. The time includes packing B.
#include <benchmark/benchmark.h>

#include <string>

#include "bench/shapes.h"
#include "kernels/gemm.h"

namespace mini_llm::bench {
namespace {

struct Product {
  const char* form;
  std::size_t m, n, k;
  bool a_transposed, b_transposed;
};

void run_product(benchmark::State& state, const Product& p) {
  const std::vector<float> a = random_floats(p.m * p.k), b = random_floats(p.k * p.n, 2);
  std::vector<float> c(p.m * p.n);
  const MatrixView a_view = p.a_transposed ? transposed(a.data(), p.m) : row_major(a.data(), p.k);
  const MatrixView b_view = p.b_transposed ? transposed(b.data(), p.k) : row_major(b.data(), p.n);
  for (auto _ : state) {
    gemm({c.data(), p.n}, a_view, b_view, p.m, p.n, p.k);
    benchmark::DoNotOptimize(c.data());
    benchmark::ClobberMemory();
  }
  const double flops = 2.0 * static_cast<double>(p.m * p.n * p.k);
  state.counters["FLOP/s"] = benchmark::Counter(flops, benchmark::Counter::kIsIterationInvariantRate);
}

void run_peak(benchmark::State& state) {
  double flops = 0;
  for (auto _ : state) flops = gemm_peak(0.2);
  state.counters["FLOP/s"] = flops;
}

/// The microkernel's peak, then each layer of each workload in its forms.
const int registered = [] {
  benchmark::RegisterBenchmark("gemm/peak", run_peak)->Iterations(1);
  for (const Workload& w : kWorkloads) {
    const std::size_t c = w.n_embd, tokens = w.tokens();
    const struct {
      const char* layer;
      std::size_t in, out;
    } layers[] = {{"c_attn", c, 3 * c},
                  {"attn.c_proj", c, c},
                  {"c_fc", c, 4 * c},
                  {"mlp.c_proj", 4 * c, c},
                  {"head", c, w.vocab}};
    for (const auto& layer : layers) {
      const Product products[] = {{"NN", tokens, layer.out, layer.in, false, false},
                                  {"NT", tokens, layer.in, layer.out, false, true},
                                  {"TN", layer.in, layer.out, tokens, true, false},
                                  {"one_token", 1, layer.out, layer.in, false, false}};
      for (const Product& p : products)
        benchmark::RegisterBenchmark(
            (std::string("gemm/") + w.name + "/" + layer.layer + "/" + p.form).c_str(),
            [p](benchmark::State& state) { run_product(state, p); });
    }
  }
  return 0;
}();

}  // namespace
}  // namespace mini_llm::bench
