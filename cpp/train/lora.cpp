#include "train/lora.h"

#include <algorithm>
#include <stdexcept>

#include "kernels/gemm.h"
#include "kernels/parallel.h"
#include "kernels/random.h"

namespace mini_llm {

namespace {

std::string factor_name(const std::string& weight, const char* factor) {
  return weight.substr(0, weight.rfind('.')) + factor;
}

/// c = factor·A·B (+ c.plus) on the calling thread.
void scaled_product(Output c, MatrixView a, MatrixView b, std::size_t m, std::size_t n, std::size_t k,
                    float factor) {
  float* packed = scratch(Scratch::lora, packed_size(k, n));
  pack_here(packed, b, k, n, factor);
  gemm_block(c, a, {packed, kPanel * k}, m, n, k);
}

/// dB = scale·dW·Aᵀ and dA = scale·Bᵀ·dW.
void factors_backward(HiddenMatrix& matrix, Tensor& a, Tensor& b, float scale) {
  const std::size_t rank = a.dim(0), in = a.dim(1), out = b.dim(0);
  const float* gradient = matrix.weight.grad();
  const MatrixView dw = matrix.layout == Layout::out_in ? row_major(gradient, in) : transposed(gradient, out);
  a.zero_grad();
  b.zero_grad();
  scaled_product({b.grad_accumulator().data, rank}, dw, transposed(a.data(), in), out, rank, in, scale);
  scaled_product({a.grad_accumulator().data, in}, transposed(b.data(), rank), dw, rank, in, out, scale);
}

/// weight = base + scale·B·A.
void merge_factors(HiddenMatrix& matrix, const Tensor& base, const Tensor& a, const Tensor& b, float scale) {
  const std::size_t rank = a.dim(0), in = a.dim(1), out = b.dim(0);
  const Output to{matrix.weight.data(), matrix.weight.dim(1), nullptr, base.data()};
  if (matrix.layout == Layout::out_in)
    scaled_product(to, row_major(b.data(), rank), row_major(a.data(), in), out, in, rank, scale);
  else
    scaled_product(to, transposed(a.data(), in), transposed(b.data(), rank), in, out, rank, scale);
  matrix.weight.mark_modified();
}

}  // namespace

Lora::Lora(std::vector<HiddenMatrix> matrices, std::size_t rank, double alpha, std::uint32_t seed)
    : matrices_(std::move(matrices)), scale_(static_cast<float>(alpha / static_cast<double>(rank))) {
  for (const HiddenMatrix& matrix : matrices_) {
    const bool out_in = matrix.layout == Layout::out_in;
    const std::size_t in = matrix.weight.dim(out_in), out = matrix.weight.dim(!out_in);
    Tensor a({rank, in}, true), b({out, rank}, true), base(matrix.weight.shape());
    Rng rng(seed, Stream::lora, base_.size());
    const float deviation = 1.0f / __builtin_sqrtf(static_cast<float>(in));
    for (std::size_t i = 0; i < a.size(); ++i) a.data()[i] = deviation * rng.normal();
    std::fill_n(b.data(), b.size(), 0.0f);
    std::copy_n(matrix.weight.data(), base.size(), base.data());
    factors_.emplace_back(factor_name(matrix.name, ".lora_A.weight"), a);
    factors_.emplace_back(factor_name(matrix.name, ".lora_B.weight"), b);
    base_.emplace_back(matrix.name, base);
  }
}

void Lora::backward() {
  // One matrix a task: threads need not wait for each other within one.
  parallel_for(matrices_.size(), [this](std::size_t i) {
    factors_backward(matrices_[i], factors_[2 * i].second, factors_[2 * i + 1].second, scale_);
  });
}

void Lora::merge() {
  parallel_for(matrices_.size(), [this](std::size_t i) {
    merge_factors(matrices_[i], base_[i].second, factors_[2 * i].second, factors_[2 * i + 1].second, scale_);
  });
}

Cost Lora::merge_cost() const {
  Cost cost{"lora"};
  for (std::size_t i = 0; i < matrices_.size(); ++i)
    cost.flops += product_cost("lora", matrices_[i].weight.size(), factors_[2 * i].second.dim(0), 1).flops;
  return cost;
}

std::vector<HiddenMatrix> trained_matrices(const Gpt& model) {
  std::vector<HiddenMatrix> matrices = model.hidden_matrices();
  std::erase_if(matrices, [](const HiddenMatrix& matrix) { return !matrix.weight.requires_grad(); });
  return matrices;
}

Lora make_lora(const Gpt& model, const TrainOptions& o) {
  std::vector<HiddenMatrix> matrices = trained_matrices(model);
  if (matrices.empty())
    throw std::invalid_argument("freeze_layers is " + std::to_string(o.freeze_layers) +
                                ", which leaves no layer for LoRA to train; choose a smaller number.");
  return {std::move(matrices), o.lora_rank, o.lora_alpha, o.seed};
}

}  // namespace mini_llm
