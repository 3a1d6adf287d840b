#pragma once
// Text to token ids and back. Byte-level: a token is a byte, ids 0-255, so there is nothing to train and
// every text round-trips exactly.
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace mini_llm {

using Token = std::uint16_t;

class ByteTokenizer {
 public:
  static constexpr const char* kName = "byte";
  static constexpr std::size_t kVocabSize = 256;

  std::vector<Token> encode(std::string_view bytes) const {
    std::vector<Token> tokens(bytes.size());
    for (std::size_t i = 0; i < bytes.size(); ++i) tokens[i] = static_cast<unsigned char>(bytes[i]);
    return tokens;
  }
  /// The bytes that a token stands for.
  std::string decode(Token token) const { return {static_cast<char>(token)}; }
};

}  // namespace mini_llm
