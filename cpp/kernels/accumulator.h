#pragma once
// Where a backward kernel leaves a gradient: the first to arrive is written, every later one is added, so
// that nobody has to clear memory first.
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

  /// What a matrix product adds to itself: the gradient so far, or nothing.
  const float* prior() const { return accumulate ? data : nullptr; }
};

}  // namespace mini_llm
