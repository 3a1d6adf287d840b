#pragma once
// ggml's quantization q8_0: blocks of 32 numbers with a common scale.
#include <cstdint>
#include <span>
#include <string>

#include "kernels/int8.h"

namespace mini_llm {

inline constexpr std::size_t kQ8Block = 32;

/// Bytes of `count` numbers, a multiple of the block: a float16 scale and 32 int8 numbers for each block.
constexpr std::uint64_t q8_0_size(std::size_t count) {
  return std::uint64_t{count / kQ8Block} * (sizeof(std::uint16_t) + kQ8Block);
}

/// Appends a row, whose length is a multiple of the block.
void put_q8_0(std::string& bytes, std::span<const float> row);

/// The nearest whole number from -kInt8Levels to kInt8Levels.
std::int8_t round_to_int8(float value);

/// The nearest float16 of a number that is not negative, ties to even.
std::uint16_t float16_of(float value);

}  // namespace mini_llm
