#include "kernels/random.h"
#include "reference/reference.h"

namespace mini_llm::reference {

Matrix linear(const Matrix& x, const Matrix& weight, const Vector& bias) { return matmul(x, weight) + bias; }

/// Rows of the table; the same as one_hot(ids)·table.
Matrix embedding(const Matrix& table, const Ids& ids) { return xt::view(table, xt::keep(ids), xt::all()); }

/// one_hot(ids)ᵀ·dout: a row's gradients add up.
Matrix embedding_backward(const Matrix& dout, const Ids& ids, std::size_t count) {
  return matmul(xt::transpose(one_hot(ids, count)), dout);
}

/// x/(1 - p) with probability 1 - p, else 0 (Srivastava et al. 2014). Element i has number i of the random
/// stream (kernels/random.h), from 0 to 2^32, and is dropped below p·2^32.
Matrix dropout(const Matrix& x, double p, std::uint32_t seed, std::uint64_t call) {
  Matrix random = xt::zeros_like(x);
  for (std::size_t i = 0; i < random.size(); ++i)
    random.flat(i) = philox(seed, Stream::dropout, call, i / 4)[i % 4];
  return xt::where(random < p * 0x1p32, 0.0, x / (1 - p));
}

/// LoRA (Hu et al. 2021).
Matrix lora(const Matrix& base, const Matrix& a, const Matrix& b, double alpha) {
  return base + alpha / static_cast<double>(a.shape(0)) * matmul(b, a);
}

/// dA = alpha/rank·Bᵀ·dW and dB = alpha/rank·dW·Aᵀ.
LoraGradients lora_backward(const Matrix& dweight, const Matrix& a, const Matrix& b, double alpha) {
  const double scale = alpha / static_cast<double>(a.shape(0));
  return {scale * matmul(xt::transpose(b), dweight), scale * matmul(dweight, xt::transpose(a))};
}

}  // namespace mini_llm::reference
