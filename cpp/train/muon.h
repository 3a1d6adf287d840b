#pragma once
// Muon (Jordan et al. 2024): momentum whose direction is made orthogonal, for the matrices between the
// layers. Every direction of a matrix then moves equally far, whatever the size of its gradient.
#include "nn/gpt.h"

namespace mini_llm {

class Muon {
 public:
  Muon(std::vector<HiddenMatrix> matrices, double weight_decay);

  bool empty() const { return matrices_.empty(); }
  /// Gradients are multiplied by gradient_scale on the way. As AdamW's update does, leaves the weights as
  /// they were in the gradients' memory.
  void update(double lr, double gradient_scale);
  /// Floating-point operations of an update.
  double flops() const;

  /// The momentum under the parameters' names; shared with the optimizer, not copied.
  const StateDict& momentum() const { return momentum_; }

 private:
  /// What is made orthogonal by itself: a whole matrix, or its share of columns where several are stored as
  /// one.
  struct Piece {
    std::size_t matrix, first_column, columns;
  };
  void update(const Piece& piece, float lr, float gradient_scale);

  std::vector<HiddenMatrix> matrices_;
  StateDict momentum_;
  std::vector<Piece> pieces_;
  float weight_decay_;
};

}  // namespace mini_llm
