#pragma once
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "text/token.h"

namespace mini_llm {

/// Vectors for the tokens of a vocabulary, [vocabulary, width], alike for tokens with the same neighbors in
/// the text; zeros for tokens without pairs. They are rows of the leading eigenvectors of P·Pᵀ + Pᵀ·P, where
/// P[a, b] is how much more often b follows a than chance would have it (positive pointwise mutual
/// information, Church & Hanks 1990; its factors as word vectors: Levy & Goldberg 2014). All have the length
/// sqrt(width)·deviation, or less if the text says little about a token.
std::vector<float> pair_embeddings(std::span<const Token> text, std::size_t vocabulary, std::size_t width,
                                   float deviation, std::uint32_t seed);

}  // namespace mini_llm
