// Rotary positions (RoPE, Su et al. 2021) in the form that turns numbers i and i + head_dim/2 of a head
// together ("rotate half"), after an RMSNorm of each head (QK-norm, Henry et al. 2020), as in Qwen3.
#include <cmath>

#include "reference/reference.h"

namespace mini_llm::reference {

/// position · theta^(-2i/head_dim), where the power is rounded to float as Hugging Face's is.
Angles rotary_angles(std::size_t first, std::size_t count, std::size_t head_dim, double theta) {
  const Vector i = xt::arange<double>(static_cast<double>(head_dim / 2));
  const Vector exact = xt::pow(theta, -2.0 * i / static_cast<double>(head_dim));
  const Vector frequencies = xt::cast<double>(xt::cast<float>(exact));
  const Vector positions = static_cast<double>(first) + xt::arange<double>(static_cast<double>(count));
  const Matrix angles = xt::view(positions, xt::all(), xt::newaxis()) * frequencies;
  return {xt::cos(angles), xt::sin(angles)};
}

/// (a, b) -> (a·cos - b·sin, b·cos + a·sin), a and b the halves of x.
Matrix rotate(const Matrix& x, const Angles& angles) {
  const std::size_t dim = x.shape(1);
  const Matrix a = xt::view(x, xt::all(), xt::range(0, dim / 2));
  const Matrix b = xt::view(x, xt::all(), xt::range(dim / 2, dim));
  return xt::concatenate(xt::xtuple(a * angles.cos - b * angles.sin, b * angles.cos + a * angles.sin), 1);
}

/// Rotates by the negative angle.
Matrix rotate_backward(const Matrix& dout, const Angles& angles) {
  return rotate(dout, {angles.cos, -angles.sin});
}

namespace {

auto head_columns(std::size_t head, const Heads& h) {
  return xt::range(head * h.head_dim, (head + 1) * h.head_dim);
}

}  // namespace

Matrix qk_norm_and_rotate(const Matrix& qkv, const Vector& q_weight, const Vector& k_weight,
                          const Angles& angles, const Heads& h) {
  Matrix out = qkv;  // the values pass through
  for (std::size_t head = 0; head < h.n_head + h.n_kv_head; ++head) {
    const Matrix x = xt::view(qkv, xt::all(), head_columns(head, h));
    const Matrix normalized = rms_norm(x, head < h.n_head ? q_weight : k_weight);
    xt::view(out, xt::all(), head_columns(head, h)) = rotate(normalized, angles);
  }
  return out;
}

QkGradients qk_norm_and_rotate_backward(const Matrix& dout, const Matrix& qkv, const Vector& q_weight,
                                        const Vector& k_weight, const Angles& angles, const Heads& h) {
  QkGradients result{dout, xt::zeros_like(q_weight), xt::zeros_like(k_weight)};
  for (std::size_t head = 0; head < h.n_head + h.n_kv_head; ++head) {
    const bool is_query = head < h.n_head;
    const Matrix x = xt::view(qkv, xt::all(), head_columns(head, h));
    const Matrix d = xt::view(dout, xt::all(), head_columns(head, h));
    const NormGradients gradients =
        rms_norm_backward(rotate_backward(d, angles), x, is_query ? q_weight : k_weight);
    xt::view(result.qkv, xt::all(), head_columns(head, h)) = gradients.x;
    (is_query ? result.q_weight : result.k_weight) += gradients.weight;
  }
  return result;
}

}  // namespace mini_llm::reference
