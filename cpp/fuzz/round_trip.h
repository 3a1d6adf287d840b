#pragma once
#include <set>

#include "fuzz/fuzz.h"
#include "text/split.h"
#include "text/tokenizer.h"

namespace mini_llm::fuzz {

/// Decoding gives the encoded text, and within its words nothing is left that could be merged.
inline void require_round_trip(const Tokenizer& tokenizer, std::string_view text) {
  std::string decoded;
  for (const Token token : tokenizer.encode(text)) decoded += tokenizer.decode(token);
  require(decoded == text, "decoding gives the encoded text");
  const std::set<TokenPair> merges(tokenizer.merges().begin(), tokenizer.merges().end());
  while (!text.empty()) {
    const std::string_view word = text.substr(0, word_length(text));
    require(!word.empty(), "a word has a length");
    text.remove_prefix(word.size());
    const std::vector<Token> tokens = tokenizer.encode(word);
    for (std::size_t i = 1; i < tokens.size(); ++i)
      require(!merges.contains({tokens[i - 1], tokens[i]}), "every pair that has a merge is merged");
  }
}

}  // namespace mini_llm::fuzz
