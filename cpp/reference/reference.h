#pragma once
// A transformer in xtensor: every operation of the core as its textbook formula, in double precision, written
// for clarity and not for speed. README.md names the fast kernel of each one. The tests compare the kernels
// with these functions, which are not part of the product.
//
// A matrix holds one token or example per row. x is an input, and a name with d before it is a gradient, such
// as dout.
#include <cstdint>
#include <string>
#include <vector>

#include "tensor/xtensor.h"

namespace mini_llm::reference {

using Vector = xt::xtensor<double, 1>;
using Matrix = xt::xtensor<double, 2>;
using Ids = std::vector<std::int32_t>;

// ---- matrix.cpp ----

/// a [M, K] · b [K, N] -> [M, N].
Matrix matmul(const Matrix& a, const Matrix& b);

// One number a row: [rows, 1], to be broadcast over the row.
Matrix row_sums(const Matrix& x);
Matrix row_means(const Matrix& x);
Matrix row_maxima(const Matrix& x);

/// [ids.size(), classes]: 1 where the column is the row's id, else 0. The row of a negative id is all zeros.
Matrix one_hot(const Ids& ids, std::size_t classes);

// ---- softmax.cpp ----

Matrix softmax(const Matrix& x);
/// [rows, 1].
Matrix log_sum_exp(const Matrix& x);
/// One loss a row, in nats: [rows, 1]; 0 for a negative target.
Matrix cross_entropy(const Matrix& logits, const Ids& targets);
/// The gradient of the losses' sum.
Matrix cross_entropy_backward(const Matrix& logits, const Ids& targets);

// ---- norm.cpp ----

/// Rows of mean 0 and variance 1, or of mean square 1; mean and rstd = 1/deviation are [rows, 1].
struct Normalized {
  Matrix values, mean, rstd;
};
Normalized normalize(const Matrix& x);
Normalized normalize_rms(const Matrix& x);

struct NormGradients {
  Matrix x;
  Vector weight, bias;
};
Matrix layer_norm(const Matrix& x, const Vector& weight, const Vector& bias);
NormGradients layer_norm_backward(const Matrix& dout, const Matrix& x, const Vector& weight);
Matrix rms_norm(const Matrix& x, const Vector& weight);
NormGradients rms_norm_backward(const Matrix& dout, const Matrix& x, const Vector& weight);

// ---- attention.cpp ----

/// A row of qkv holds the queries of n_head heads, the keys of n_kv_head heads, then their values.
struct Heads {
  std::size_t n_head, n_kv_head, head_dim;
};
struct Attention {
  Matrix out;          // [T, n_head·head_dim]
  Matrix log_sum_exp;  // [n_head, T], of the scores
};
/// One sequence: qkv [T, (n_head + 2·n_kv_head)·head_dim]. Each token sees itself and those before it, at
/// most `window` in all.
Attention attention(const Matrix& qkv, const Heads& heads, std::size_t window = SIZE_MAX);
/// softmax(q·kᵀ/√d) [T, T] of each query head.
std::vector<Matrix> attention_weights(const Matrix& qkv, const Heads& heads, std::size_t window = SIZE_MAX);
/// The gradient of qkv, without a window.
Matrix attention_backward(const Matrix& dout, const Matrix& qkv, const Heads& heads);

// ---- rotary.cpp ----

/// For the positions first, first + 1, …: [T, head_dim/2] each.
struct Angles {
  Matrix cos, sin;
};
Angles rotary_angles(std::size_t first, std::size_t count, std::size_t head_dim, double theta);
/// One head, x [T, head_dim].
Matrix rotate(const Matrix& x, const Angles& angles);
Matrix rotate_backward(const Matrix& dout, const Angles& angles);

/// QK-norm, then rotary positions, for the queries and keys in qkv; weights [head_dim].
Matrix qk_norm_and_rotate(const Matrix& qkv, const Vector& q_weight, const Vector& k_weight,
                          const Angles& angles, const Heads& heads);
struct QkGradients {
  Matrix qkv;
  Vector q_weight, k_weight;
};
QkGradients qk_norm_and_rotate_backward(const Matrix& dout, const Matrix& qkv, const Vector& q_weight,
                                        const Vector& k_weight, const Angles& angles, const Heads& heads);

// ---- activation.cpp ----

Matrix gelu(const Matrix& x);
Matrix gelu_backward(const Matrix& dout, const Matrix& x);
/// gate_up [rows, 2·width] holds gates, then ups -> [rows, width].
Matrix swiglu(const Matrix& gate_up);
Matrix swiglu_backward(const Matrix& dout, const Matrix& gate_up);

struct Activation {
  const char* name;
  Matrix (*forward)(const Matrix& x);
  Matrix (*backward)(const Matrix& dout, const Matrix& x);
};
/// Throws std::out_of_range if none has this name.
const Activation& activation(const std::string& name);

// ---- layers.cpp ----

/// x [rows, in] · weight [in, out] + bias [out].
Matrix linear(const Matrix& x, const Matrix& weight, const Vector& bias);
/// table [count, width] -> [ids.size(), width].
Matrix embedding(const Matrix& table, const Ids& ids);
/// The gradient of the table, which has `count` rows.
Matrix embedding_backward(const Matrix& dout, const Ids& ids, std::size_t count);
/// Which elements are kept is a function of seed and call.
Matrix dropout(const Matrix& x, double p, std::uint32_t seed, std::uint64_t call);
/// base [out, in] + alpha/rank · b [out, rank] · a [rank, in].
Matrix lora(const Matrix& base, const Matrix& a, const Matrix& b, double alpha);
struct LoraGradients {
  Matrix a, b;
};
/// From the gradient of the merged matrix.
LoraGradients lora_backward(const Matrix& dweight, const Matrix& a, const Matrix& b, double alpha);

// ---- optimizer.cpp ----

/// sqrt of the sum of all gradients' squares.
double global_norm(const std::vector<Vector>& gradients);

struct AdamWOptions {
  double beta1, beta2, weight_decay;
  double eps = 1e-8;
};
struct AdamWState {
  Vector exp_avg, exp_avg_sq;  // zeros at first
};
/// Update number `step`, counted from 1, of a parameter's elements.
void adamw(Vector& weight, AdamWState& state, const Vector& gradient, int step, double lr,
           const AdamWOptions& options);

/// About U·Vᵀ of x's singular value decomposition.
Matrix newton_schulz(const Matrix& x);

/// weight, momentum and gradient [in, out]; momentum is zeros at first.
void muon(Matrix& weight, Matrix& momentum, const Matrix& gradient, double lr, double weight_decay);

// ---- int8.cpp ----

/// In float: the kernel gives the same bits.
using FloatMatrix = xt::xtensor<float, 2>;

/// numbers are whole; each times the scale of its row or column is about the original.
struct Quantized {
  FloatMatrix numbers, scales;
};
/// a [M, K], scales [M, 1].
Quantized quantize_rows(const FloatMatrix& a);
/// b [K, N], scales [1, N].
Quantized quantize_columns(const FloatMatrix& b);
/// a · b, both quantized.
FloatMatrix int8_matmul(const FloatMatrix& a, const FloatMatrix& b);

}  // namespace mini_llm::reference
