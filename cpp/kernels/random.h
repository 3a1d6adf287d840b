#pragma once
// The only source of randomness: Philox4x32-10 (Salmon et al., "Parallel random numbers: as easy as 1, 2, 3",
// 2011). A number is a function of (seed, stream, counter), so each can be drawn by itself, and a run's
// random state is its seed and step.
#include <array>
#include <cstdint>

#include "kernels/math.h"

namespace mini_llm {

/// The uses of random numbers. Each has its own stream, so a new use does not change the others' numbers.
enum class Stream : std::uint32_t {
  init = 0,
  batch = 1,
  dropout = 2,
  sample = 3,
  lora = 4,
  start = 5,
  shuffle = 6,
  softmax = 7,
  pairs = 8
};

/// Four 32-bit numbers for the 128-bit counter {lo, hi} under the 64-bit key {seed, stream}.
inline std::array<std::uint32_t, 4> philox(std::uint32_t seed, Stream stream, std::uint64_t hi,
                                           std::uint64_t lo) {
  std::array<std::uint32_t, 4> c = {static_cast<std::uint32_t>(lo), static_cast<std::uint32_t>(lo >> 32),
                                    static_cast<std::uint32_t>(hi), static_cast<std::uint32_t>(hi >> 32)};
  std::uint32_t k0 = seed, k1 = static_cast<std::uint32_t>(stream);
  for (int round = 0; round < 10; ++round) {
    const std::uint64_t p0 = 0xD2511F53ULL * c[0], p1 = 0xCD9E8D57ULL * c[2];
    c = {static_cast<std::uint32_t>(p1 >> 32) ^ c[1] ^ k0, static_cast<std::uint32_t>(p1),
         static_cast<std::uint32_t>(p0 >> 32) ^ c[3] ^ k1, static_cast<std::uint32_t>(p0)};
    k0 += 0x9E3779B9U;
    k1 += 0xBB67AE85U;
  }
  return c;
}

/// The sequence of numbers of one (seed, stream, hi).
class Rng {
 public:
  Rng(std::uint32_t seed, Stream stream, std::uint64_t hi = 0) : seed_(seed), stream_(stream), hi_(hi) {}

  std::uint32_t next_u32() {
    if (position_ % 4 == 0) block_ = philox(seed_, stream_, hi_, position_ / 4);
    return block_[position_++ % 4];
  }
  /// Uniform in [0, 1) with 24 bits.
  float uniform() { return static_cast<float>(next_u32() >> 8) * 0x1p-24f; }
  /// Uniform integer in [0, n), n >= 1, with a negligible bias of at most n/2^64.
  std::uint64_t below(std::uint64_t n) {
    const std::uint64_t bits = (static_cast<std::uint64_t>(next_u32()) << 32) | next_u32();
    return static_cast<std::uint64_t>((static_cast<unsigned __int128>(bits) * n) >> 64);
  }
  /// Standard normal by Marsaglia's polar method, which needs only log (math.h) and an exact square root, so
  /// every platform gives the same bits.
  float normal() {
    for (;;) {
      const double x = 2.0 * uniform() - 1.0, y = 2.0 * uniform() - 1.0;
      const double s = x * x + y * y;
      if (s > 0 && s < 1) return static_cast<float>(x * __builtin_sqrt(-2.0 * log(s) / s));
    }
  }

 private:
  std::uint32_t seed_;
  Stream stream_;
  std::uint64_t hi_;
  std::uint64_t position_ = 0;
  std::array<std::uint32_t, 4> block_{};
};

}  // namespace mini_llm
