#pragma once
#include <cstdint>
#include <utility>

namespace mini_llm {

using Token = std::uint32_t;
using TokenPair = std::pair<Token, Token>;

}  // namespace mini_llm
