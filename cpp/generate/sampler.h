#pragma once
// From logits to a token: repetition penalty, temperature, top-k, top-p and min-p, in this order, then a
// seeded draw.
#include <span>
#include <string>
#include <vector>

#include "kernels/random.h"
#include "schema/field.h"
#include "text/token.h"

namespace mini_llm {

struct SampleOptions {
  double temp = 0.8;       // 0: always the likeliest token
  std::size_t top_k = 40;  // keep only the k likeliest; 0: all
  double top_p = 1.0;  // keep the likeliest that together reach this probability; 0: the likeliest; 1: all
  /// Keep tokens with at least this share of the likeliest's probability (Nguyen et al. 2024); 0: all.
  double min_p = 0.0;
  /// Divides positive logits of tokens in the context, multiplies negative ones (Keskar et al. 2019); 1: off.
  double repetition_penalty = 1.0;
  std::size_t max_new_tokens = 300;
  std::uint32_t seed = 1337;
  bool cache = true;              // use the KV cache; false recomputes the context for every token
  bool int8 = false;              // use int8 weights
  std::vector<std::string> stop;  // generation ends before the first of these texts
  std::size_t n = 1;              // samples, generated together, each with its own random numbers

  template <class Visitor>
  static void describe(Visitor&& field) {
    field("temp", &SampleOptions::temp, between(0, 100));
    field("top_k", &SampleOptions::top_k, between(0, 1e6));
    field("top_p", &SampleOptions::top_p, between(0, 1));
    field("min_p", &SampleOptions::min_p, between(0, 1));
    field("repetition_penalty", &SampleOptions::repetition_penalty, between(0.1, 10));
    field("max_new_tokens", &SampleOptions::max_new_tokens, between(0, 1e7));
    field("seed", &SampleOptions::seed, between(0, 4294967295));
    field("cache", &SampleOptions::cache, any());
    field("int8", &SampleOptions::int8, any());
    field("stop", &SampleOptions::stop, any());
    field("n", &SampleOptions::n, between(1, 64));
  }
};

/// One sentence about the first option that is out of range, or "".
std::string problem_of(const SampleOptions& options);
/// Throws problem_of's sentence as std::invalid_argument.
void validate(const SampleOptions& options);

class Sampler {
 public:
  /// `sample` is the sample's number, counted from 0; it selects the random numbers.
  explicit Sampler(const SampleOptions& options, std::uint64_t sample = 0);
  /// Ties go to the lower id. The repetition penalty applies to tokens in `context`. allowed [vocab] is 0 for
  /// tokens that must not be drawn; empty allows all. Throws std::domain_error if a logit is NaN or infinite.
  Token sample(const float* logits, std::size_t vocab, std::span<const std::int32_t> context = {},
               std::span<const std::uint8_t> allowed = {});

  /// What sample draws from: the tokens that pass all filters, each with probability weight/total.
  struct Distribution {
    std::span<const Token> ids;
    std::span<const float> weights;
    double total;
  };
  /// As sample, without the draw; valid until the next call.
  Distribution filter(const float* logits, std::size_t vocab, std::span<const std::int32_t> context = {},
                      std::span<const std::uint8_t> allowed = {});

 private:
  const float* penalize(const float* logits, std::size_t vocab, std::span<const std::int32_t> context);
  const float* forbid(const float* logits, std::size_t vocab, std::span<const std::uint8_t> allowed);
  template <class IsOut>
  void drop_if(const IsOut& is_out);
  void drop_forbidden();
  void keep_top_k(const float* logits, std::size_t vocab, std::size_t k, float largest);
  void weigh(float largest);
  void keep_top_p();
  void keep_min_p();
  Token draw();

  SampleOptions options_;
  Rng rng_;
  // The candidates, by id; after top-p, by weight.
  std::vector<Token> ids_;
  std::vector<float> weights_;  // logits, then probabilities up to a factor
  double total_ = 0;            // of the weights
  std::vector<float> changed_;  // logits after the penalty and without forbidden tokens
  std::vector<std::int32_t> keys_;

  struct Candidate {
    float weight;
    Token id;
  };
  std::vector<Candidate> heap_;
};

}  // namespace mini_llm
