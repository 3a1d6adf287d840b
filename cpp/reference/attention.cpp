// Causal self-attention (Vaswani et al. 2017). Heads of queries may share keys and values (grouped queries,
// Ainslie et al. 2023).
#include <cmath>
#include <limits>

#include "reference/reference.h"

namespace mini_llm::reference {

namespace {

/// Columns of one head: [T, head_dim].
template <class M>
auto columns(M& x, std::size_t head, const Heads& heads) {
  return xt::view(x, xt::all(), xt::range(head * heads.head_dim, (head + 1) * heads.head_dim));
}

/// The heads in qkv with the keys and values for the queries of `head`.
std::size_t key_head(std::size_t head, const Heads& h) { return h.n_head + head * h.n_kv_head / h.n_head; }
std::size_t value_head(std::size_t head, const Heads& h) { return key_head(head, h) + h.n_kv_head; }

double scale(const Heads& heads) { return 1 / std::sqrt(static_cast<double>(heads.head_dim)); }

/// q·kᵀ/√d [T, T] where query i sees key j, else -infinity.
Matrix masked_scores(const Matrix& q, const Matrix& k, double scale, std::size_t window) {
  const Matrix scores = scale * matmul(q, xt::transpose(k));
  const Vector position = xt::arange<double>(static_cast<double>(q.shape(0)));
  const Matrix distance = xt::view(position, xt::all(), xt::newaxis()) - position;  // i - j
  return xt::where(distance >= 0 && distance < static_cast<double>(window), scores,
                   -std::numeric_limits<double>::infinity());
}

}  // namespace

/// softmax(q·kᵀ/√d)·v, head by head.
Attention attention(const Matrix& qkv, const Heads& h, std::size_t window) {
  const std::size_t time = qkv.shape(0);
  Attention result{xt::zeros<double>({time, h.n_head * h.head_dim}), xt::zeros<double>({h.n_head, time})};
  for (std::size_t head = 0; head < h.n_head; ++head) {
    const Matrix scores =
        masked_scores(columns(qkv, head, h), columns(qkv, key_head(head, h), h), scale(h), window);
    columns(result.out, head, h) = matmul(softmax(scores), columns(qkv, value_head(head, h), h));
    xt::view(result.log_sum_exp, xt::range(head, head + 1)) = xt::transpose(log_sum_exp(scores));
  }
  return result;
}

std::vector<Matrix> attention_weights(const Matrix& qkv, const Heads& h, std::size_t window) {
  std::vector<Matrix> weights;
  for (std::size_t head = 0; head < h.n_head; ++head)
    weights.push_back(
        softmax(masked_scores(columns(qkv, head, h), columns(qkv, key_head(head, h), h), scale(h), window)));
  return weights;
}

/// With P = softmax(S): dv = Pᵀ·dout, dP = dout·vᵀ, dS = P·(dP - sum(P·dP)), dq = dS·k/√d, dk = dSᵀ·q/√d.
Matrix attention_backward(const Matrix& dout, const Matrix& qkv, const Heads& h) {
  Matrix dqkv = xt::zeros_like(qkv);
  for (std::size_t head = 0; head < h.n_head; ++head) {
    const std::size_t key = key_head(head, h), value = value_head(head, h);
    const Matrix q = columns(qkv, head, h), k = columns(qkv, key, h), v = columns(qkv, value, h);
    const Matrix d = columns(dout, head, h);
    const Matrix p = softmax(masked_scores(q, k, scale(h), SIZE_MAX));
    const Matrix dp = matmul(d, xt::transpose(v));
    const Matrix ds = p * (dp - row_sums(p * dp)) * scale(h);
    columns(dqkv, head, h) = matmul(ds, k);
    columns(dqkv, key, h) += matmul(xt::transpose(ds), q);
    columns(dqkv, value, h) += matmul(xt::transpose(p), d);
  }
  return dqkv;
}

}  // namespace mini_llm::reference
