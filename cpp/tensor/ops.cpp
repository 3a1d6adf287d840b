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
void require_ids(const std::vector<std::int32_t>& ids, std::int32_t smallest, std::size_t vocab) {
  for (const std::int32_t id : ids)
    if (id < smallest || (id >= 0 && static_cast<std::size_t>(id) >= vocab))
      throw std::out_of_range("Token id " + std::to_string(id) + " is outside the vocabulary of " +
                              std::to_string(vocab) + ".");
}

Shape with_width(Shape shape, std::size_t width) {
  shape.back() = width;
  return shape;
}

}  // namespace

Tensor linear(Tape& tape, Tensor x, Tensor weight, Tensor bias) {
  require(x.width() == weight.dim(0), "linear", x.shape(), weight.shape());
  const std::size_t m = x.rows(), k = x.width(), n = weight.dim(1);
  Tensor out = tape.make(with_width(x.shape(), n));
  gemm_packed({out.data(), n, bias ? bias.data() : nullptr}, row_major(x.data(), k), weight.packed(false), m,
              n, k);
  tape.record([=]() mutable {
    if (bias && bias.requires_grad()) accumulate_columns(bias.grad(), out.grad(), m, n);
    if (weight.requires_grad())  // dW += xᵀ·dout
      gemm({weight.grad(), n, nullptr, true}, transposed(x.data(), k), row_major(out.grad(), n), k, n, m);
    if (x.requires_grad())  // dx += dout·Wᵀ
      gemm({x.grad(), k, nullptr, true}, row_major(out.grad(), n), transposed(weight.data(), n), m, k, n);
  });
  return out;
}

Tensor project_onto(Tape& tape, Tensor x, Tensor table) {
  require(x.width() == table.dim(1), "project_onto", x.shape(), table.shape());
  const std::size_t m = x.rows(), k = x.width(), n = table.dim(0);
  Tensor out = tape.make(with_width(x.shape(), n));
  gemm_packed({out.data(), n}, row_major(x.data(), k), table.packed(true), m, n, k);
  tape.record([=]() mutable {
    if (table.requires_grad())  // dtable += doutᵀ·x
      gemm({table.grad(), k, nullptr, true}, transposed(out.grad(), n), row_major(x.data(), k), n, k, m);
    if (x.requires_grad())  // dx += dout·table
      gemm({x.grad(), k, nullptr, true}, row_major(out.grad(), n), row_major(table.data(), k), m, k, n);
  });
  return out;
}

Tensor add(Tape& tape, Tensor a, Tensor b) {
  require(a.shape() == b.shape(), "add", a.shape(), b.shape());
  Tensor out = tape.make(a.shape());
  add(out.data(), a.data(), b.data(), a.size());
  tape.record([=]() mutable {
    if (a.requires_grad()) accumulate(a.grad(), out.grad(), a.size());
    if (b.requires_grad()) accumulate(b.grad(), out.grad(), b.size());
  });
  return out;
}

Tensor gelu(Tape& tape, Tensor x) {
  Tensor out = tape.make(x.shape());
  gelu_forward(out.data(), x.data(), x.size());
  tape.record([=]() mutable {
    if (x.requires_grad()) gelu_backward(x.grad(), out.grad(), x.data(), x.size());
  });
  return out;
}

Tensor layer_norm(Tape& tape, Tensor x, Tensor weight, Tensor bias) {
  require(weight.size() == x.width() && bias.size() == x.width(), "layer_norm", x.shape(), weight.shape());
  Tensor out = tape.make(x.shape());
  Tensor mean = tape.make({x.rows()}), rstd = tape.make({x.rows()});
  layer_norm_forward(out.data(), mean.data(), rstd.data(), x.data(), weight.data(), bias.data(), x.rows(),
                     x.width());
  tape.record([=]() mutable {
    layer_norm_backward(x.grad(), weight.grad(), bias.grad(), out.grad(), x.data(), mean.data(), rstd.data(),
                        weight.data(), x.rows(), x.width());
  });
  return out;
}

Tensor embedding(Tape& tape, Tensor table, std::vector<std::int32_t> ids) {
  require_ids(ids, 0, table.dim(0));
  Tensor out = tape.make({ids.size(), table.dim(1)});
  embed(out.data(), table.data(), ids.data(), ids.size(), table.dim(1));
  tape.record([=]() mutable {
    if (table.requires_grad()) embed_backward(table.grad(), out.grad(), ids.data(), ids.size(), table.dim(1));
  });
  return out;
}

Tensor dropout(Tape& tape, Tensor x, float p, DropoutKey key) {
  if (p == 0) return x;
  Tensor out = tape.make(x.shape());
  dropout(out.data(), x.data(), x.size(), p, key, false);
  tape.record([=]() mutable {
    if (x.requires_grad()) dropout(x.grad(), out.grad(), x.size(), p, key, true);
  });
  return out;
}

Tensor causal_attention(Tape& tape, Tensor qkv, std::size_t n_head) {
  const std::size_t width = qkv.width() / 3;
  const AttentionShape shape{qkv.dim(0), qkv.dim(1), n_head, width / n_head};
  Tensor out = tape.make(with_width(qkv.shape(), width));
  Tensor log_sum_exp = tape.make({shape.batch, n_head, shape.time});
  attention_forward(out.data(), log_sum_exp.data(), qkv.data(), shape);
  tape.record([=]() mutable {
    if (qkv.requires_grad())
      attention_backward(qkv.grad(), out.grad(), out.data(), qkv.data(), log_sum_exp.data(), shape);
  });
  return out;
}

Tensor cached_attention(Tape& tape, const Tensor& qkv, const std::vector<HeadCache>& heads,
                        std::size_t past) {
  const std::size_t width = qkv.width() / 3;
  Tensor out = tape.make(with_width(qkv.shape(), width));
  attention_cached(out.data(), qkv.data(), heads.data(), past,
                   {1, qkv.dim(1), heads.size(), width / heads.size()});
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
  cross_entropy_forward(losses.data(), log_sum_exp.data(), logits.data(), targets.data(), rows, vocab);
  double total = 0;
  for (std::size_t i = 0; i < rows; ++i) total += losses.data()[i];
  out.data()[0] = static_cast<float>(total / static_cast<double>(counted));
  tape.record([=]() mutable {
    if (logits.requires_grad())
      cross_entropy_backward(logits.grad(), logits.data(), log_sum_exp.data(), targets.data(), rows, vocab,
                             out.grad()[0] / static_cast<float>(counted));
  });
  return out;
}

}  // namespace mini_llm
