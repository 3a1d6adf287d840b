#include "tensor/ops.h"

#include <algorithm>
#include <limits>
#include <stdexcept>

#include "kernels/norm.h"
#include "kernels/softmax.h"

namespace mini_llm {

namespace {

void require(bool condition, const std::string& op, const Shape& a, const Shape& b) {
  if (!condition)
    throw std::invalid_argument(op + " cannot take shapes " + to_string(a) + " and " + to_string(b) + ".");
}

/// Kernels take ids and targets at their word, so they are looked at here; a target may be negative.
void require_ids(std::span<const std::int32_t> ids, std::int32_t smallest, std::size_t vocab) {
  for (const std::int32_t id : ids)
    if (id < smallest || (id >= 0 && static_cast<std::size_t>(id) >= vocab))
      throw std::out_of_range("Token id " + std::to_string(id) + " is outside the vocabulary of " +
                              std::to_string(vocab) + ".");
}

Shape with_width(const Shape& shape, std::size_t width) {
  Shape result = shape;
  result.back() = width;
  return result;
}

/// C = x [..., K] · weight, or its transpose, in the form that the tape works with.
void multiply(const Tape& tape, Output c, const Tensor& x, const Tensor& weight, bool transpose) {
  const std::size_t m = x.rows(), k = x.width(), n = weight.size() / k;
  if (tape.int8_weights())
    gemm_int8(c, x.data(), weight.quantized(transpose), m, n, k);
  else
    gemm_packed(c, row_major(x.data(), k), weight.packed(transpose), m, n, k);
}

const float* data_or_null(const Tensor& t) { return t ? t.data() : nullptr; }
float* data_or_null(Tensor& t) { return t ? t.data() : nullptr; }

Cost linear_cost(const Tensor& x, const Tensor& weight) {
  return product_cost("linear", x.rows(), weight.dim(1), weight.dim(0));
}

Tensor linear_forward(Tape& tape, const Tensor& x, const Tensor& weight, const Tensor& bias,
                      const Tensor& residual) {
  require(x.width() == weight.dim(0), "linear", x.shape(), weight.shape());
  const std::size_t n = weight.dim(1);
  Tensor out = tape.make(with_width(x.shape(), n));
  if (residual) require(residual.shape() == out.shape(), "linear", residual.shape(), out.shape());
  tape.run(linear_cost(x, weight), [&] {
    multiply(tape, {out.data(), n, data_or_null(bias), data_or_null(residual)}, x, weight, false);
  });
  return out;
}

/// dx = dout·Wᵀ.
void linear_input_backward(Tensor& x, const Tensor& weight, Tensor& out) {
  const std::size_t k = weight.dim(0), n = weight.dim(1);
  const Gradient dx = x.gradient();
  gemm({dx.data, k, nullptr, dx.so_far()}, row_major(out.grad(), n), transposed(weight.data(), n), x.rows(),
       k, n);
}

/// dW = xᵀ·dout, the bias takes the sums of dout's columns, and the residual dout itself, which is used up.
void linear_rest_backward(const Tensor& x, Tensor& weight, Tensor& bias, Tensor& residual, Tensor& out) {
  const std::size_t k = weight.dim(0), n = weight.dim(1);
  if (bias && bias.requires_grad()) accumulate_columns(bias.grad(), out.grad(), x.rows(), n);
  if (weight.requires_grad()) {
    const Gradient dw = weight.gradient();
    gemm({dw.data, n, nullptr, dw.so_far()}, transposed(x.data(), k), row_major(out.grad(), n), k, n,
         x.rows());
  }
  if (residual && residual.requires_grad()) residual.take_grad(out);
}

}  // namespace

Tensor linear(Tape& tape, Tensor x, Tensor weight, Tensor bias, Tensor residual) {
  Tensor out = linear_forward(tape, x, weight, bias, residual);
  if (!tape.recording()) return out;
  const Cost cost = linear_cost(x, weight);
  tape.record(cost, [=]() mutable { linear_rest_backward(x, weight, bias, residual, out); });
  if (x.requires_grad()) tape.record(cost, [=]() mutable { linear_input_backward(x, weight, out); });
  return out;
}

Tensor gelu_linear(Tape& tape, Tensor x, Tensor weight, Tensor bias, Tensor residual) {
  const Cost cost = linear_cost(x, weight);
  const auto gelu = [](Tape& on, const Tensor& from, Tensor& to) {
    on.run(sweep_cost("gelu", 2 * from.size()), [&] { gelu_forward(to.data(), from.data(), from.size()); });
  };
  Tensor activated = tape.make(x.shape());
  gelu(tape, x, activated);
  Tensor out = linear_forward(tape, activated, weight, bias, residual);
  if (!tape.recording()) return out;
  // gelu(x) is let go of and computed again on the way back, where its slope is needed anyway.
  const auto again = std::make_shared<Tensor>();
  tape.record(cost, [=]() mutable {
    linear_rest_backward(*again, weight, bias, residual, out);
    *again = Tensor();
  });
  tape.record(sweep_cost("gelu", 4 * x.size()), [=]() mutable {
    gelu_again_and_backward(again->data(), again->grad(), x.data(), x.size());
    if (x.requires_grad()) x.take_grad(*again);
  });
  tape.record(cost, [=, &tape]() mutable {
    *again = tape.make(x.shape());
    linear_input_backward(*again, weight, out);
  });
  return out;
}

Tensor project_onto(Tape& tape, Tensor x, Tensor table) {
  require(x.width() == table.dim(1), "project_onto", x.shape(), table.shape());
  const std::size_t m = x.rows(), k = x.width(), n = table.dim(0);
  const Cost cost = product_cost("head", m, n, k);
  Tensor out = tape.make(with_width(x.shape(), n));
  tape.run(cost, [&] { multiply(tape, {out.data(), n}, x, table, true); });
  tape.record(cost.times(2), [=]() mutable {
    if (table.requires_grad()) {  // dtable = doutᵀ·x
      const Gradient dtable = table.gradient();
      gemm({dtable.data, k, nullptr, dtable.so_far()}, transposed(out.grad(), n), row_major(x.data(), k), n,
           k, m);
    }
    if (x.requires_grad()) {  // dx = dout·table
      const Gradient dx = x.gradient();
      gemm({dx.data, k, nullptr, dx.so_far()}, row_major(out.grad(), n), row_major(table.data(), k), m, k, n);
    }
  });
  return out;
}

Tensor add(Tape& tape, Tensor a, Tensor b) {
  require(a.shape() == b.shape(), "add", a.shape(), b.shape());
  Tensor out = tape.make(a.shape());
  const Cost cost = sweep_cost("add", 3 * a.size());
  tape.run(cost, [&] { add(out.data(), a.data(), b.data(), a.size()); });
  tape.record(cost, [=]() mutable {
    if (a.requires_grad()) deposit(a.gradient(), out.grad(), a.size());
    if (b.requires_grad()) b.take_grad(out);
  });
  return out;
}

Tensor gelu(Tape& tape, Tensor x) {
  Tensor out = tape.make(x.shape());
  const Cost cost = sweep_cost("gelu", 2 * x.size());
  tape.run(cost, [&] { gelu_forward(out.data(), x.data(), x.size()); });
  tape.record(cost, [=]() mutable {
    if (x.requires_grad()) gelu_backward(x.gradient(), out.grad(), x.data(), x.size());
  });
  return out;
}

Tensor layer_norm(Tape& tape, Tensor x, Tensor weight, Tensor bias) {
  require(weight.size() == x.width() && bias.size() == x.width(), "layer_norm", x.shape(), weight.shape());
  Tensor out = tape.make(x.shape());
  Tensor mean, rstd;
  if (tape.recording()) {
    mean = tape.make({x.rows()});
    rstd = tape.make({x.rows()});
  }
  const Cost cost = sweep_cost("layer_norm", 2 * x.size());
  tape.run(cost, [&] {
    layer_norm_forward(out.data(), data_or_null(mean), data_or_null(rstd), x.data(), weight.data(),
                       bias.data(), x.rows(), x.width());
  });
  if (!tape.recording()) return out;
  tape.record(cost.times(2), [=]() mutable {
    layer_norm_backward(x.gradient(), weight.grad(), bias.grad(), out.grad(), x.data(), mean.data(),
                        rstd.data(), weight.data(), x.rows(), x.width());
  });
  return out;
}

Tensor embedding(Tape& tape, Tensor table, std::span<const std::int32_t> ids) {
  require_ids(ids, 0, table.dim(0));
  const std::size_t width = table.dim(1);
  Tensor out = tape.make({ids.size(), width});
  const Cost cost = sweep_cost("embedding", 2 * out.size());
  tape.run(cost, [&] { embed(out.data(), table.data(), ids.data(), ids.size(), width); });
  if (!tape.recording()) return out;
  tape.record(cost, [=, kept = std::vector(ids.begin(), ids.end())]() mutable {
    if (table.requires_grad()) embed_backward(table.grad(), out.grad(), kept.data(), kept.size(), width);
  });
  return out;
}

Tensor dropout(Tape& tape, Tensor x, float p, DropoutKey key) {
  if (p == 0) return x;
  Tensor out = tape.make(x.shape());
  const Cost cost = sweep_cost("dropout", 2 * x.size());
  tape.run(cost, [&] { dropout({out.data(), false}, x.data(), x.size(), p, key); });
  tape.record(cost, [=]() mutable {
    if (x.requires_grad()) dropout(x.gradient(), out.grad(), x.size(), p, key);
  });
  return out;
}

Tensor causal_attention(Tape& tape, Tensor qkv, std::size_t n_head) {
  const std::size_t width = qkv.width() / 3;
  const AttentionShape shape{qkv.dim(0), qkv.dim(1), n_head, width / n_head};
  Tensor out = tape.make(with_width(qkv.shape(), width));
  Tensor log_sum_exp = tape.make({shape.batch, n_head, shape.time});
  // Two products with half a matrix each forward, five back.
  const Cost cost = product_cost("attention", shape.batch * shape.time, shape.time, width);
  tape.run(cost, [&] { attention_forward(out.data(), log_sum_exp.data(), qkv.data(), shape); });
  tape.record(cost.times(2.5), [=]() mutable {
    if (qkv.requires_grad())
      attention_backward(qkv.gradient(), out.grad(), out.data(), qkv.data(), log_sum_exp.data(), shape);
  });
  return out;
}

Tensor cached_attention(Tape& tape, const Tensor& qkv, std::span<const HeadCache> heads, std::size_t past) {
  const std::size_t width = qkv.width() / 3, n_head = heads.size() / qkv.dim(0);
  Tensor out = tape.make(with_width(qkv.shape(), width));
  const Cost cost = product_cost("attention", 2 * qkv.dim(0) * qkv.dim(1), past + qkv.dim(1), width);
  tape.run(cost, [&] {
    attention_cached(out.data(), qkv.data(), heads.data(), past,
                     {qkv.dim(0), qkv.dim(1), n_head, width / n_head});
  });
  return out;
}

Tensor cross_entropy(Tape& tape, Tensor logits, std::vector<std::int32_t> targets) {
  const std::size_t rows = logits.rows(), vocab = logits.width();
  if (targets.size() != rows)
    throw std::invalid_argument("Cross-entropy needs a target for each of " + std::to_string(rows) +
                                " rows, not " + std::to_string(targets.size()) + ".");
  require_ids(targets, std::numeric_limits<std::int32_t>::min(), vocab);
  const auto counted = std::count_if(targets.begin(), targets.end(), [](std::int32_t t) { return t >= 0; });
  Tensor losses = tape.make({rows}), log_sum_exp = tape.make({rows}), out = tape.make({1});
  const Cost cost = sweep_cost("cross_entropy", logits.size());
  tape.run(cost, [&] {
    cross_entropy_forward(losses.data(), log_sum_exp.data(), logits.data(), targets.data(), rows, vocab);
  });
  double total = 0;
  for (std::size_t i = 0; i < rows; ++i) total += losses.data()[i];
  out.data()[0] = static_cast<float>(total / static_cast<double>(counted));
  tape.record(cost.times(2), [=]() mutable {
    if (logits.requires_grad())
      cross_entropy_backward(logits.gradient(), logits.data(), log_sum_exp.data(), targets.data(), rows,
                             vocab, out.grad()[0] / static_cast<float>(counted));
  });
  return out;
}

}  // namespace mini_llm
