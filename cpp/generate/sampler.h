#pragma once
// From logits to a token: temperature, top-k, top-p, and a seeded draw.
#include <vector>

#include "kernels/random.h"
#include "text/tokenizer.h"

namespace mini_llm {

struct SampleOptions {
  double temp = 0.8;       // 0: always the likeliest token
  std::size_t top_k = 40;  // only the k likeliest; 0: all
  double top_p = 1.0;      // only the likeliest that together reach this probability; 1: all
  std::size_t max_new_tokens = 200;
  std::uint32_t seed = 1337;
  bool cache = true;  // keep keys and values; false recomputes the context for every token
  std::string stop;   // generation ends before this text; empty: never
};

/// Throws std::invalid_argument with a sentence that names the option, its value and its range.
void validate(const SampleOptions& options);

class Sampler {
 public:
  explicit Sampler(const SampleOptions& options);
  /// Ties go to the lower id. Throws std::domain_error when a logit is NaN or infinite.
  Token sample(const float* logits, std::size_t vocab);

 private:
  struct Candidate {
    float value;  // logit, then probability up to a factor
    std::size_t id;
  };

  SampleOptions options_;
  Rng rng_;
  std::vector<Candidate> candidates_;
};

}  // namespace mini_llm
