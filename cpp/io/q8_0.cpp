#include "io/q8_0.h"

#include <algorithm>
#include <bit>
#include <cmath>

#include "io/arrays.h"

namespace mini_llm {

std::uint16_t float16_of(float value) {
  constexpr std::uint16_t kInfinity = 0x7C00;
  constexpr float kOverflow = 65520, kSmallestNormal = 0x1p-14f;
  if (!(value < kOverflow)) return kInfinity;
  // Added to 0.5, whose last bit is worth 2^-24 as a subnormal's is, the value is rounded to such bits.
  if (value < kSmallestNormal)
    return static_cast<std::uint16_t>(std::bit_cast<std::uint32_t>(value + 0.5f) -
                                      std::bit_cast<std::uint32_t>(0.5f));
  constexpr std::uint32_t kBias = (127 - 15) << 23, kDropped = 13;
  const std::uint32_t bits = std::bit_cast<std::uint32_t>(value) - kBias;
  const std::uint32_t half = (1u << (kDropped - 1)) - 1 + (bits >> kDropped & 1);
  return static_cast<std::uint16_t>((bits + half) >> kDropped);
}

std::int8_t round_to_int8(float value) {
  // NaN, of damaged weights, fails every comparison; it must not reach the conversion.
  constexpr float kLargest = kInt8Levels;
  const float kept = value > kLargest ? kLargest : value > -kLargest ? value : -kLargest;
  return static_cast<std::int8_t>(kept + (kept < 0 ? -0.5f : 0.5f));
}

void put_q8_0(std::string& bytes, std::span<const float> row) {
  for (std::size_t begin = 0; begin < row.size(); begin += kQ8Block) {
    const std::span<const float> block = row.subspan(begin, kQ8Block);
    float largest = 0;
    for (const float value : block) largest = std::max(largest, std::fabs(value));
    const float scale = largest / kInt8Levels, inverse = scale == 0 ? 0 : 1 / scale;
    put(bytes, float16_of(scale));
    for (const float value : block) put(bytes, round_to_int8(value * inverse));
  }
}

}  // namespace mini_llm
