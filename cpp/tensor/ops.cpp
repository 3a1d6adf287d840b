#include "tensor/ops.h"

#include <algorithm>
#include <limits>
#include <numeric>
#include <stdexcept>

#include "kernels/head.h"
#include "kernels/norm.h"
#include "kernels/rotary.h"

namespace mini_llm {

namespace {

void require(bool condition, const char* op, const Shape& a, const Shape& b) {
  if (!condition)
    throw std::invalid_argument(std::string(op) + " cannot take shapes " + to_string(a) + " and " +
                                to_string(b) + ".");
}

/// Kernels do not check ids and targets. Targets may be negative.
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

/// C = x [..., K] · weight, or its transpose, with float32 or int8 weights as the tape says.
void multiply(const Tape& tape, Output c, const Tensor& x, const Tensor& weight, bool transpose) {
  const std::size_t m = x.rows(), k = x.width(), n = weight.size() / k;
  if (tape.int8_weights())
    gemm_int8(c, x.data(), weight.quantized(transpose), m, n, k);
  else
    gemm_packed(c, row_major(x.data(), k), weight.packed(transpose), m, n, k);
}

/// Inputs may be empty.
template <class... T>
bool any_requires_grad(const T&... inputs) {
  return ((inputs && inputs.requires_grad()) || ...);
}

// Where an input's gradient goes; null if it needs none.
float* grad_or_null(Tensor& t) { return t.requires_grad() ? t.grad() : nullptr; }
Accumulator accumulator_or_null(Tensor& t) {
  return t.requires_grad() ? t.grad_accumulator() : Accumulator(nullptr);
}

const float* data_or_null(const Tensor& t) { return t ? t.data() : nullptr; }
float* data_or_null(Tensor& t) { return t ? t.data() : nullptr; }

/// A weight matrix's K and N.
std::size_t inputs(const Tensor& weight, Layout layout) { return weight.dim(layout == Layout::out_in); }
std::size_t outputs(const Tensor& weight, Layout layout) { return weight.dim(layout == Layout::in_out); }

Cost linear_cost(const Tensor& x, const Tensor& weight) {
  return product_cost("linear", x.rows(), weight.dim(1), weight.dim(0));
}

Tensor linear_forward(Tape& tape, const Tensor& x, const Tensor& weight, const Tensor& bias,
                      const Tensor& residual, Layout layout) {
  require(x.width() == inputs(weight, layout), "linear", x.shape(), weight.shape());
  const std::size_t n = outputs(weight, layout);
  Tensor out = tape.make(with_width(x.shape(), n), any_requires_grad(x, weight, bias, residual));
  if (residual) require(residual.shape() == out.shape(), "linear", residual.shape(), out.shape());
  tape.run(linear_cost(x, weight), [&] {
    multiply(tape, {out.data(), n, data_or_null(bias), data_or_null(residual)}, x, weight,
             layout == Layout::out_in);
  });
  return out;
}

/// The gradient of out's columns from `column` on.
MatrixView gradient_of(Tensor& out, std::size_t column = 0) {
  return row_major(out.grad() + column, out.width());
}

/// dx = dout·Wᵀ.
void linear_input_backward(Tensor& x, const Tensor& weight, MatrixView dout, Layout layout) {
  const std::size_t k = inputs(weight, layout), n = outputs(weight, layout);
  const MatrixView transpose =
      layout == Layout::in_out ? transposed(weight.data(), n) : row_major(weight.data(), k);
  const Accumulator dx = x.grad_accumulator();
  gemm({dx.data, k, nullptr, dx.prior()}, dout, transpose, x.rows(), k, n);
}

/// dW = xᵀ·dout, or its transpose. Adds the sums of dout's columns to dbias, unless it is null; in_out only.
void linear_weight_backward(const Tensor& x, Tensor& weight, MatrixView dout, Layout layout,
                            float* dbias = nullptr) {
  const std::size_t k = inputs(weight, layout), n = outputs(weight, layout);
  const Accumulator dw = weight.grad_accumulator();
  if (layout == Layout::in_out)
    gemm({dw.data, n, nullptr, dw.prior()}, transposed(x.data(), k), dout, k, n, x.rows(), dbias);
  else
    gemm({dw.data, k, nullptr, dw.prior()}, {dout.data, 1, dout.row_stride}, row_major(x.data(), k), n, k,
         x.rows());
}

/// The gradients of weight and bias. Moves dout into the residual's gradient.
void linear_params_backward(const Tensor& x, Tensor& weight, Tensor& bias, Tensor& residual, Tensor& out,
                            Layout layout) {
  float* dbias = bias ? grad_or_null(bias) : nullptr;
  // gemm can sum up dout's columns while it packs them.
  const bool gemm_sums = weight.requires_grad() && layout == Layout::in_out;
  if (dbias != nullptr && !gemm_sums) accumulate_columns(dbias, out.grad(), x.rows(), out.width());
  if (weight.requires_grad())
    linear_weight_backward(x, weight, gradient_of(out), layout, gemm_sums ? dbias : nullptr);
  if (residual && residual.requires_grad()) residual.take_grad(out);
}

/// fn(weight, column) for layers with results side by side; `column` is where the layer's result begins.
template <class F>
void for_parts(const std::vector<Tensor>& weights, const F& fn) {
  std::size_t column = 0;
  for (const Tensor& weight : weights) {
    fn(weight, column);
    column += weight.dim(0);
  }
}

/// Computes the activation of x again and turns its gradient into x's.
void activation_backward(const Activation& activation, Tensor& activated, Tensor& x) {
  const std::size_t rows = activated.rows(), width = activated.width();
  float* dout = activated.grad();
  if (activation.gated) {
    activation.recompute_backward(activated.data(), x.grad_accumulator(), dout, x.data(), rows, width);
  } else {
    activation.recompute_backward(activated.data(), {dout, false}, dout, x.data(), rows, width);
    x.take_grad(activated);
  }
}

}  // namespace

Tensor linear(Tape& tape, Tensor x, Tensor weight, Tensor bias, Tensor residual, Layout layout) {
  Tensor out = linear_forward(tape, x, weight, bias, residual, layout);
  if (!out.requires_grad()) return out;
  const Cost cost = linear_cost(x, weight);
  tape.record(out, cost, [=]() mutable { linear_params_backward(x, weight, bias, residual, out, layout); });
  if (x.requires_grad())
    tape.record(out, cost, [=]() mutable { linear_input_backward(x, weight, gradient_of(out), layout); });
  return out;
}

Tensor linear_with_activation(Tape& tape, const Activation& activation, Tensor x, Tensor weight, Tensor bias,
                              Tensor residual, Layout layout) {
  require(x.width() % activation.inputs() == 0, activation.name, x.shape(), weight.shape());
  const Shape shape = with_width(x.shape(), x.width() / activation.inputs());
  Tensor activated = tape.make(shape, x.requires_grad());
  const Cost sweep = sweep_cost(activation.name, x.size() + activated.size());
  tape.run(sweep,
           [&] { activation.forward(activated.data(), x.data(), activated.rows(), activated.width()); });
  if (!activated.requires_grad()) return linear(tape, activated, weight, bias, residual, layout);
  const Cost cost = linear_cost(activated, weight);
  Tensor out = linear_forward(tape, activated, weight, bias, residual, layout);
  // Backward steps run from the last to the first, and `recomputed` passes from one to the next.
  const auto recomputed = std::make_shared<Tensor>();
  tape.record(out, cost, [=]() mutable {
    linear_params_backward(*recomputed, weight, bias, residual, out, layout);
    *recomputed = Tensor();
  });
  tape.record(out, sweep.times(2),
              [=, &activation]() mutable { activation_backward(activation, *recomputed, x); });
  tape.record(out, cost, [=, &tape]() mutable {
    *recomputed = tape.make(shape);
    linear_input_backward(*recomputed, weight, gradient_of(out), layout);
  });
  return out;
}

Tensor fused_linear(Tape& tape, Tensor x, const std::vector<Tensor>& weights) {
  std::size_t n = 0;
  bool requires_grad = x.requires_grad();
  for (const Tensor& weight : weights) {
    require(x.width() == weight.dim(1), "fused_linear", x.shape(), weight.shape());
    n += weight.dim(0);
    requires_grad = requires_grad || weight.requires_grad();
  }
  Tensor out = tape.make(with_width(x.shape(), n), requires_grad);
  const Cost cost = product_cost("linear", x.rows(), n, x.width());
  tape.run(cost, [&] {
    for_parts(weights, [&](const Tensor& weight, std::size_t column) {
      multiply(tape, {out.data() + column, n}, x, weight, true);
    });
  });
  if (!out.requires_grad()) return out;
  tape.record(out, cost, [=]() mutable {
    for_parts(weights, [&](Tensor weight, std::size_t column) {
      if (weight.requires_grad()) linear_weight_backward(x, weight, gradient_of(out, column), Layout::out_in);
    });
  });
  if (!x.requires_grad()) return out;
  tape.record(out, cost, [=]() mutable {
    for_parts(weights, [&](const Tensor& weight, std::size_t column) {
      linear_input_backward(x, weight, gradient_of(out, column), Layout::out_in);
    });
  });
  return out;
}

Tensor lm_head(Tape& tape, Tensor x, Tensor table) {
  require(x.width() == table.dim(1), "lm_head", x.shape(), table.shape());
  const Cost cost = product_cost("head", x.rows(), table.dim(0), x.width());
  Tensor out = tape.make(with_width(x.shape(), table.dim(0)), any_requires_grad(x, table));
  tape.run(cost, [&] { multiply(tape, {out.data(), out.width()}, x, table, true); });
  tape.record(out, cost.times(2), [=]() mutable {
    if (table.requires_grad()) linear_weight_backward(x, table, gradient_of(out), Layout::out_in);
    if (x.requires_grad()) linear_input_backward(x, table, gradient_of(out), Layout::out_in);
  });
  return out;
}

Tensor add(Tape& tape, Tensor a, Tensor b) {
  require(a.shape() == b.shape(), "add", a.shape(), b.shape());
  Tensor out = tape.make(a.shape(), any_requires_grad(a, b));
  const Cost cost = sweep_cost("add", 3 * a.size());
  tape.run(cost, [&] { add(out.data(), a.data(), b.data(), a.size()); });
  tape.record(out, cost, [=]() mutable {
    if (a.requires_grad()) accumulate(a.grad_accumulator(), out.grad(), a.size());
    if (b.requires_grad()) b.take_grad(out);
  });
  return out;
}

Tensor layer_norm(Tape& tape, Tensor x, Tensor weight, Tensor bias) {
  require(weight.size() == x.width() && bias.size() == x.width(), "layer_norm", x.shape(), weight.shape());
  Tensor out = tape.make(x.shape(), any_requires_grad(x, weight, bias));
  Tensor mean, rstd;
  if (out.requires_grad()) {
    mean = tape.make({x.rows()});
    rstd = tape.make({x.rows()});
  }
  const Cost cost = sweep_cost("layer_norm", 2 * x.size());
  tape.run(cost, [&] {
    layer_norm_forward(out.data(), data_or_null(mean), data_or_null(rstd), x.data(), weight.data(),
                       bias.data(), x.rows(), x.width());
  });
  if (!out.requires_grad()) return out;
  tape.record(out, cost.times(2), [=]() mutable {
    layer_norm_backward(accumulator_or_null(x), grad_or_null(weight), grad_or_null(bias), out.grad(),
                        x.data(), mean.data(), rstd.data(), weight.data(), x.rows(), x.width());
  });
  return out;
}

Tensor rms_norm(Tape& tape, Tensor x, Tensor weight) {
  require(weight.size() == x.width(), "rms_norm", x.shape(), weight.shape());
  Tensor out = tape.make(x.shape(), any_requires_grad(x, weight));
  Tensor rstd;
  if (out.requires_grad()) rstd = tape.make({x.rows()});
  const Cost cost = sweep_cost("rms_norm", 2 * x.size());
  tape.run(cost, [&] {
    rms_norm_forward(out.data(), data_or_null(rstd), x.data(), weight.data(), x.rows(), x.width());
  });
  if (!out.requires_grad()) return out;
  tape.record(out, cost.times(2), [=]() mutable {
    rms_norm_backward(accumulator_or_null(x), grad_or_null(weight), out.grad(), x.data(), rstd.data(),
                      weight.data(), x.rows(), x.width());
  });
  return out;
}

Tensor rotary(Tape& tape, Tensor qkv, Tensor q_weight, Tensor k_weight, Tensor table, std::size_t n_head) {
  const std::size_t dim = table.dim(1), heads = qkv.width() / dim;
  require(q_weight.size() == dim && k_weight.size() == dim, "rotary", q_weight.shape(), k_weight.shape());
  require(dim % 2 == 0 && qkv.width() % dim == 0 && heads > n_head && qkv.rows() % table.dim(0) == 0,
          "rotary", qkv.shape(), table.shape());
  const AttentionShape shape{qkv.rows() / table.dim(0), table.dim(0), n_head, dim, (heads - n_head) / 2};
  Tensor out = tape.make(qkv.shape(), any_requires_grad(qkv, q_weight, k_weight));
  Tensor rstd;
  if (out.requires_grad()) rstd = tape.make({qkv.rows(), n_head + shape.n_kv_head});
  const Cost cost = sweep_cost("rotary", 2 * qkv.size());
  tape.run(cost, [&] {
    rotary_forward(out.data(), data_or_null(rstd), qkv.data(), q_weight.data(), k_weight.data(), table.data(),
                   shape);
  });
  if (!out.requires_grad()) return out;
  tape.record(out, cost.times(1.5), [=]() mutable {
    rotary_backward(out.grad(), grad_or_null(q_weight), grad_or_null(k_weight), qkv.data(), rstd.data(),
                    q_weight.data(), k_weight.data(), table.data(), shape);
    if (qkv.requires_grad()) qkv.take_grad(out);
  });
  return out;
}

Tensor embedding(Tape& tape, Tensor table, std::span<const std::int32_t> ids) {
  require_ids(ids, 0, table.dim(0));
  const std::size_t width = table.dim(1);
  Tensor out = tape.make({ids.size(), width}, table.requires_grad());
  const Cost cost = sweep_cost("embedding", 2 * out.size());
  tape.run(cost, [&] { embed(out.data(), table.data(), ids.data(), ids.size(), width); });
  if (!out.requires_grad()) return out;
  tape.record(out, cost, [=, kept = std::vector(ids.begin(), ids.end())]() mutable {
    embed_backward(table.grad(), out.grad(), kept.data(), kept.size(), width);
  });
  return out;
}

Tensor dropout(Tape& tape, Tensor x, float p, DropoutKey key) {
  if (p == 0) return x;
  Tensor out = tape.make(x.shape(), x.requires_grad());
  const Cost cost = sweep_cost("dropout", 2 * x.size());
  tape.run(cost, [&] { dropout({out.data(), false}, x.data(), x.size(), p, key); });
  tape.record(out, cost, [=]() mutable { dropout(x.grad_accumulator(), out.grad(), x.size(), p, key); });
  return out;
}

Tensor causal_attention(Tape& tape, Tensor qkv, std::size_t n_head, std::size_t n_kv_head) {
  const AttentionShape shape{qkv.dim(0), qkv.dim(1), n_head, qkv.width() / (n_head + 2 * n_kv_head),
                             n_kv_head};
  const std::size_t width = shape.width();
  Tensor out = tape.make(with_width(qkv.shape(), width), qkv.requires_grad());
  Tensor log_sum_exp = tape.make({shape.batch, n_head, shape.time});
  // Forward has two products, backward five, each with half a matrix because of the mask.
  const Cost cost = product_cost("attention", shape.batch * shape.time, shape.time, width);
  tape.run(cost, [&] { attention_forward(out.data(), log_sum_exp.data(), qkv.data(), shape); });
  tape.record(out, cost.times(2.5), [=]() mutable {
    attention_backward(qkv.grad_accumulator(), out.grad(), out.data(), qkv.data(), log_sum_exp.data(), shape);
  });
  return out;
}

Tensor cached_attention(Tape& tape, const Tensor& qkv, std::size_t n_head,
                        std::span<const HeadCache> kv_heads, std::size_t past) {
  const std::size_t batch = qkv.dim(0), time = qkv.dim(1), n_kv_head = kv_heads.size() / batch;
  const AttentionShape shape{batch, time, n_head, qkv.width() / (n_head + 2 * n_kv_head), n_kv_head};
  Tensor out = tape.make(with_width(qkv.shape(), shape.width()));
  const std::size_t seen = std::min(past + time, kv_heads[0].capacity);
  const Cost cost = product_cost("attention", 2 * batch * time, seen, shape.width());
  tape.run(cost, [&] { attention_cached(out.data(), qkv.data(), kv_heads.data(), past, shape); });
  return out;
}

Tensor lm_head_loss(Tape& tape, Tensor x, Tensor table, std::span<const std::int32_t> targets,
                    std::span<const float> bias) {
  const std::size_t rows = x.rows(), vocab = table.dim(0), width = table.dim(1);
  require(x.width() == width, "lm_head_loss", x.shape(), table.shape());
  if (targets.size() != rows)
    throw std::invalid_argument("Cross-entropy needs one target for each of " + std::to_string(rows) +
                                " rows, not " + std::to_string(targets.size()) + ".");
  require_ids(targets, std::numeric_limits<std::int32_t>::min(), vocab);
  const auto n_targets = std::count_if(targets.begin(), targets.end(), [](std::int32_t t) { return t >= 0; });
  Tensor losses = tape.make({rows}), out = tape.make({1}, any_requires_grad(x, table));
  // The gradients for an upstream gradient of 1.
  Tensor dx, dtable;
  if (out.requires_grad() && x.requires_grad()) dx = tape.make(x.shape());
  if (out.requires_grad() && table.requires_grad()) dtable = tape.make(table.shape());
  const double products = 1.0 + bool(dx) + bool(dtable);
  tape.run(product_cost("head", rows, vocab, width).times(products), [&] {
    const HeadTable head{table.packed(true), dx ? table.packed(false) : PackedMatrix{}, vocab, width,
                         bias.empty() ? nullptr : bias.data()};
    const HeadGradients gradients{data_or_null(dx), data_or_null(dtable),
                                  1.0f / static_cast<float>(n_targets)};
    head_cross_entropy(losses.data(), gradients, x.data(), head, targets.data(), rows);
  });
  const double total = std::accumulate(losses.data(), losses.data() + rows, 0.0);
  out.data()[0] = static_cast<float>(total / static_cast<double>(n_targets));
  tape.record(out, sweep_cost("head", 2 * (x.size() + table.size())), [=]() mutable {
    const float upstream = out.grad()[0];
    const auto pass_on = [upstream](Tensor& input, Tensor& gradient) {
      if (!gradient) return;
      if (upstream != 1) scale(gradient.data(), gradient.size(), upstream);
      accumulate(input.grad_accumulator(), gradient.data(), gradient.size());
    };
    pass_on(x, dx);
    pass_on(table, dtable);
  });
  return out;
}

}  // namespace mini_llm
