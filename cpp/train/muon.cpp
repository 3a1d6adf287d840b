#include "train/muon.h"

#include <algorithm>

#include "kernels/orthogonalize.h"
#include "kernels/parallel.h"

namespace mini_llm {

namespace {

constexpr float kMomentum = 0.95f;

std::vector<NamedTensor> weights_of(const std::vector<HiddenMatrix>& matrices) {
  std::vector<NamedTensor> weights;
  for (const HiddenMatrix& matrix : matrices) weights.emplace_back(matrix.name, matrix.weight);
  return weights;
}

}  // namespace

Muon::Muon(std::vector<HiddenMatrix> matrices, double lr_ratio, double weight_decay)
    : matrices_(std::move(matrices)),
      momentum_(make_moments("momentum_buffer", weights_of(matrices_))),
      lr_ratio_(lr_ratio),
      weight_decay_(static_cast<float>(weight_decay)) {
  for (std::size_t i = 0; i < matrices_.size(); ++i) {
    const std::size_t columns = matrices_[i].weight.dim(1) / matrices_[i].parts;
    for (std::size_t part = 0; part < matrices_[i].parts; ++part)
      pieces_.push_back({i, part * columns, columns});
  }
}

Cost Muon::cost() const {
  double flops = 0;
  for (const Piece& piece : pieces_) {
    const std::size_t rows = matrices_[piece.matrix].weight.dim(0);
    flops += orthogonalize_flops(std::min(rows, piece.columns), std::max(rows, piece.columns));
  }
  return {"muon", flops, 0};
}

void Muon::step(const OptimizerStep& s) {
  // One piece a task: threads need not wait for each other within one.
  parallel_for(pieces_.size(), [&](std::size_t i) { update(pieces_[i], s); });
  for (HiddenMatrix& matrix : matrices_) matrix.weight.mark_modified();
}

void Muon::update(const Piece& piece, const OptimizerStep& s) {
  HiddenMatrix& matrix = matrices_[piece.matrix];
  const std::size_t rows = matrix.weight.dim(0), columns = piece.columns, stride = matrix.weight.dim(1);
  float* weight = matrix.weight.data() + piece.first_column;
  const float* gradient = matrix.weight.grad() + piece.first_column;
  float* momentum = momentum_[piece.matrix].second.data() + piece.first_column;
  float* previous = s.previous != nullptr ? s.previous(matrix.weight) + piece.first_column : nullptr;
  const auto gradient_scale = static_cast<float>(s.gradient_scale);

  // orthogonalize wants no more rows than columns.
  const bool is_transposed = rows > columns;
  const std::size_t row_step = is_transposed ? 1 : columns, column_step = is_transposed ? rows : 1;
  float* direction = scratch(Scratch::muon, rows * columns);
  for (std::size_t i = 0; i < rows; ++i)
    for (std::size_t j = 0; j < columns; ++j) {
      const std::size_t at = i * stride + j;
      const float g = gradient[at] * gradient_scale;
      momentum[at] = kMomentum * momentum[at] + (1 - kMomentum) * g;
      direction[i * row_step + j * column_step] =
          kMomentum * momentum[at] + (1 - kMomentum) * g;  // Nesterov's
    }
  orthogonalize(direction, std::min(rows, columns), std::max(rows, columns));

  const float by_shape = static_cast<float>(rows) / static_cast<float>(columns);
  const float ratio = matrix.layout == Layout::out_in ? by_shape : 1 / by_shape;  // outputs over inputs
  const auto lr = static_cast<float>(s.lr * lr_ratio_);
  const float step = lr * __builtin_sqrtf(std::max(1.0f, ratio)), keep = 1 - lr * weight_decay_;
  for (std::size_t i = 0; i < rows; ++i)
    for (std::size_t j = 0; j < columns; ++j) {
      const std::size_t at = i * stride + j;
      if (previous != nullptr) previous[at] = weight[at];
      weight[at] = weight[at] * keep - step * direction[i * row_step + j * column_step];
    }
}

}  // namespace mini_llm
