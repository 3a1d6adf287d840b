#pragma once
// Where a backward kernel stores a gradient. The first gradient overwrites the memory and later ones add to
// it, so it needs no clearing.
#include <cstddef>

#include "kernels/simd.h"

namespace mini_llm {

struct Accumulator {
  float* data;
  bool accumulate;

  Accumulator(float* to, bool add = true) : data(to), accumulate(add) {}
  Accumulator operator+(std::size_t offset) const { return {data + offset, accumulate}; }

  void add_or_set(std::size_t i, f32x4 v) const { store(data + i, accumulate ? load(data + i) + v : v); }
  void add_or_set(std::size_t i, f32x8 v) const { store(data + i, accumulate ? load8(data + i) + v : v); }
  void add_or_set(std::size_t i, float v) const { data[i] = accumulate ? data[i] + v : v; }

  /// The gradient so far, to which a matrix product adds its result; null if there is none.
  const float* prior() const { return accumulate ? data : nullptr; }
};

}  // namespace mini_llm
