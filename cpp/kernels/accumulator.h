#pragma once
// Where a backward kernel leaves a gradient: the first one is written and later ones are added, so memory
// needs no clearing.
#include <cstddef>

#include "kernels/simd.h"

namespace mini_llm {

struct Accumulator {
  float* data;
  bool accumulate;

  Accumulator(float* to, bool add = true) : data(to), accumulate(add) {}
  Accumulator operator+(std::size_t offset) const { return {data + offset, accumulate}; }

  void add_or_set(std::size_t i, f32x4 v) const { store(data + i, accumulate ? load(data + i) + v : v); }
  void add_or_set(std::size_t i, float v) const { data[i] = accumulate ? data[i] + v : v; }

  /// What a matrix product adds itself to: the gradient so far, or null.
  const float* prior() const { return accumulate ? data : nullptr; }
};

}  // namespace mini_llm
