// Benchmarks the kernels of a training step other than matrix products, at a step's shapes. Attention is
// measured in FLOP/s as MFU counts them, and so is the head with its loss. The others are memory-bound and
// measured in bytes read and written per second.
#include <benchmark/benchmark.h>

#include <functional>
#include <string>

#include "bench/shapes.h"
#include "kernels/activation.h"
#include "kernels/attention.h"
#include "kernels/elementwise.h"
#include "kernels/head.h"
#include "kernels/norm.h"

namespace mini_llm::bench {
namespace {

using Floats = std::vector<float>;

/// Times `kernel`, which writes to `out`.
void measure(benchmark::State& state, const Floats& out, const std::function<void()>& kernel) {
  for (auto _ : state) {
    kernel();
    benchmark::DoNotOptimize(out.data());
    benchmark::ClobberMemory();
  }
}

void count_floats(benchmark::State& state, std::size_t floats) {
  state.SetBytesProcessed(static_cast<std::int64_t>(state.iterations() * floats * sizeof(float)));
}

void count_flops(benchmark::State& state, double flops) {
  state.counters["FLOP/s"] = benchmark::Counter(flops, benchmark::Counter::kIsIterationInvariantRate);
}

/// Counts the whole T x T square, as is the convention, although the kernel skips masked scores.
void count_attention(benchmark::State& state, const Workload& w, double products) {
  count_flops(state, products * 2 * static_cast<double>(w.tokens() * w.time * w.n_embd));
}

void attention(benchmark::State& state, const Workload& w, bool backward) {
  const AttentionShape shape{w.batch, w.time, w.n_head, w.n_embd / w.n_head};
  const std::size_t n = w.tokens() * w.n_embd;
  const Floats qkv = random_floats(3 * n), dout = random_floats(n, 2);
  Floats out(n), log_sum_exp(w.tokens() * w.n_head), dqkv(3 * n, 0.0f);
  attention_forward(out.data(), log_sum_exp.data(), qkv.data(), shape);
  if (backward)
    measure(state, dqkv, [&] {
      attention_backward(dqkv.data(), dout.data(), out.data(), qkv.data(), log_sum_exp.data(), shape);
    });
  else
    measure(state, out, [&] { attention_forward(out.data(), log_sum_exp.data(), qkv.data(), shape); });
  count_attention(state, w, backward ? 4 : 2);
}

void layer_norm(benchmark::State& state, const Workload& w, bool backward) {
  const std::size_t rows = w.tokens(), width = w.n_embd, n = rows * width;
  const Floats x = random_floats(n), dout = random_floats(n, 2), weight = random_floats(width, 3);
  Floats out(n), mean(rows), rstd(rows), dx(n, 0.0f), dweight(width, 0.0f), dbias(width, 0.0f);
  const auto forward = [&] {
    layer_norm_forward(out.data(), mean.data(), rstd.data(), x.data(), weight.data(), weight.data(), rows,
                       width);
  };
  forward();
  if (backward)
    measure(state, dx, [&] {
      layer_norm_backward(dx.data(), dweight.data(), dbias.data(), dout.data(), x.data(), mean.data(),
                          rstd.data(), weight.data(), rows, width);
    });
  else
    measure(state, out, forward);
  count_floats(state, (backward ? 4 : 2) * n);
}

void gelu(benchmark::State& state, const Workload& w, bool backward) {
  const std::size_t rows = w.tokens(), width = 4 * w.n_embd, n = rows * width;
  const Floats x = random_floats(n), dout = random_floats(n, 2);
  Floats out(n, 0.0f), dx(n, 0.0f);
  if (backward)
    measure(state, dx, [&] {
      kGelu.recompute_backward(out.data(), {dx.data(), false}, dout.data(), x.data(), rows, width);
    });
  else
    measure(state, out, [&] { kGelu.forward(out.data(), x.data(), rows, width); });
  count_floats(state, (backward ? 4 : 2) * n);
}

void head_loss(benchmark::State& state, const Workload& w, bool gradients) {
  const std::size_t rows = w.tokens(), width = w.n_embd, vocab = w.vocab;
  const Floats x = random_floats(rows * width), table = random_floats(vocab * width);
  const std::vector<std::int32_t> targets(rows, 65);
  Floats losses(rows), dx(rows * width), dtable(vocab * width);
  Floats transposed_panels(packed_size(width, vocab)), panels(packed_size(vocab, width));
  pack(transposed_panels.data(), transposed(table.data(), width), width, vocab);
  pack(panels.data(), row_major(table.data(), width), vocab, width);
  const HeadTable head{
      {transposed_panels.data(), kPanel * width}, {panels.data(), kPanel * vocab}, vocab, width};
  const HeadGradients wanted{gradients ? dx.data() : nullptr, gradients ? dtable.data() : nullptr, 1e-3f};
  measure(state, losses,
          [&] { head_cross_entropy(losses.data(), wanted, x.data(), head, targets.data(), rows); });
  count_flops(state, (gradients ? 6 : 2) * static_cast<double>(rows * vocab * width));
}

void dropout(benchmark::State& state, const Workload& w) {
  const std::size_t n = w.tokens() * w.n_embd;
  const Floats x = random_floats(n);
  Floats out(n);
  measure(state, out, [&] { mini_llm::dropout({out.data(), false}, x.data(), n, 0.1f, {1, 2}); });
  count_floats(state, 2 * n);
}

/// Updates all of a model's matrices in one call.
void adamw(benchmark::State& state, const Workload& w) {
  const std::size_t n = w.n_layer * 12 * w.n_embd * w.n_embd;
  Floats gradient = random_floats(n);
  Floats weight = random_floats(n, 2), exp_avg(n, 0.0f), exp_avg_sq(n, 0.0f);
  const AdamWStep step{1e-6f, 0.9f, 0.99f, 1e-8f, 0.1f, 0.1f, 0.01f, 1};
  measure(state, weight, [&] {
    mini_llm::adamw(weight.data(), exp_avg.data(), exp_avg_sq.data(), gradient.data(), gradient.data(), n,
                    step);
  });
  count_floats(state, 7 * n);
}

const int registered = [] {
  using TwoWay = void (*)(benchmark::State&, const Workload&, bool);
  const std::pair<const char*, TwoWay> two_way[] = {
      {"attention", attention}, {"layer_norm", layer_norm}, {"gelu", gelu}, {"head_loss", head_loss}};
  for (const Workload& w : kWorkloads) {
    const auto add = [&](const std::string& kernel, auto run) {
      benchmark::RegisterBenchmark((kernel + "/" + w.name).c_str(), run);
    };
    for (const auto& [name, run] : two_way)
      for (const bool backward : {false, true})
        add(std::string(name) + (backward ? "/backward" : "/forward"),
            [&w, run = run, backward](benchmark::State& state) { run(state, w, backward); });
    add("dropout", [&w](benchmark::State& state) { dropout(state, w); });
    add("adamw", [&w](benchmark::State& state) { adamw(state, w); });
  }
  return 0;
}();

}  // namespace
}  // namespace mini_llm::bench
