#pragma once
// From logits to a token: temperature, top-k, top-p, and a seeded draw.
#include <string>
#include <vector>

#include "kernels/random.h"
#include "text/token.h"

namespace mini_llm {

struct SampleOptions {
  double temp = 0.8;       // 0: always the likeliest token
  std::size_t top_k = 40;  // only the k likeliest; 0: all
  double top_p = 1.0;      // only the likeliest that together reach this probability; 1: all
  std::size_t max_new_tokens = 200;
  std::uint32_t seed = 1337;
  bool cache = true;  // keep keys and values; false recomputes the context for every token
  bool int8 = false;  // compute with int8 weights
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
  void keep_top_k(const float* logits, std::size_t vocab, std::size_t k, float largest);
  void weigh(float largest);
  void keep_top_p();
  Token draw();

  SampleOptions options_;
  Rng rng_;
  // The candidates: in the order of their ids; after top-p in that of their weights.
  std::vector<Token> ids_;
  std::vector<float> weights_;  // logits, then probabilities up to a factor
  double total_ = 0;            // of the weights
  std::vector<std::int32_t> keys_;

  struct Candidate {
    float weight;
    Token id;
  };
  std::vector<Candidate> heap_;
};

}  // namespace mini_llm
