#include "train/muon.h"

#include <algorithm>

#include "kernels/orthogonalize.h"
#include "kernels/parallel.h"

namespace mini_llm {

namespace {

constexpr float kMomentum = 0.95f;

}  // namespace

Muon::Muon(std::vector<HiddenMatrix> matrices, double weight_decay)
    : matrices_(std::move(matrices)), weight_decay_(static_cast<float>(weight_decay)) {
  for (std::size_t i = 0; i < matrices_.size(); ++i) {
    const HiddenMatrix& matrix = matrices_[i];
    Tensor zeros(matrix.weight.shape());
    std::fill_n(zeros.data(), zeros.size(), 0.0f);
    momentum_.emplace_back(matrix.name, zeros);
    const std::size_t columns = matrix.weight.dim(1) / matrix.parts;
    for (std::size_t part = 0; part < matrix.parts; ++part) pieces_.push_back({i, part * columns, columns});
  }
}

double Muon::flops() const {
  double sum = 0;
  for (const Piece& piece : pieces_) {
    const std::size_t rows = matrices_[piece.matrix].weight.dim(0);
    sum += orthogonalize_flops(std::min(rows, piece.columns), std::max(rows, piece.columns));
  }
  return sum;
}

void Muon::update(double lr, double gradient_scale) {
  // A piece a task: threads need not wait for each other within one.
  parallel_for(pieces_.size(), [&](std::size_t i) {
    update(pieces_[i], static_cast<float>(lr), static_cast<float>(gradient_scale));
  });
  for (HiddenMatrix& matrix : matrices_) {
    matrix.weight.zero_grad();
    matrix.weight.mark_modified();
  }
}

void Muon::update(const Piece& piece, float lr, float gradient_scale) {
  HiddenMatrix& matrix = matrices_[piece.matrix];
  const std::size_t rows = matrix.weight.dim(0), columns = piece.columns, stride = matrix.weight.dim(1);
  float* weight = matrix.weight.data() + piece.first_column;
  float* gradient = matrix.weight.grad() + piece.first_column;
  float* momentum = momentum_[piece.matrix].second.data() + piece.first_column;
  // The direction lies so that it has no more rows than columns.
  const bool turned = rows > columns;
  const std::size_t row_step = turned ? 1 : columns, column_step = turned ? rows : 1;
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
  const float step = lr * __builtin_sqrtf(std::max(1.0f, ratio)), keep = 1 - lr * weight_decay_;
  for (std::size_t i = 0; i < rows; ++i)
    for (std::size_t j = 0; j < columns; ++j) {
      const std::size_t at = i * stride + j;
      gradient[at] = weight[at];
      weight[at] = weight[at] * keep - step * direction[i * row_step + j * column_step];
    }
}

}  // namespace mini_llm
