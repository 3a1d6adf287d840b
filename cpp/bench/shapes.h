#pragma once
// The benchmark workloads, and seeded random numbers for them.
#include <cstddef>
#include <vector>

#include "kernels/random.h"

namespace mini_llm::bench {

struct Workload {
  const char* name;
  std::size_t n_layer, n_head, n_embd, time, batch, vocab;
  std::size_t tokens() const { return batch * time; }
};

inline constexpr Workload kWorkloads[] = {
    {"W1", 4, 4, 128, 64, 12, 256},
    {"W2", 4, 4, 128, 128, 16, 256},
    {"W3", 6, 6, 384, 256, 4, 256},
};

inline std::vector<float> random_floats(std::size_t n, std::uint32_t seed = 1) {
  Rng rng(seed, Stream::init);
  std::vector<float> result(n);
  for (float& x : result) x = rng.normal();
  return result;
}

}  // namespace mini_llm::bench
