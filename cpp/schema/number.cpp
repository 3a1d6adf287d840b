#include "schema/number.h"

#include <cmath>
#include <cstdio>
#include <cstdlib>

namespace mini_llm {

namespace {

/// |value| = 0.d1d2d3… · 10^point.
struct Decimal {
  std::string digits;
  int point;
};

Decimal shortest_decimal(double value) {
  char text[32];
  for (int decimals = 0; decimals < 17; ++decimals) {
    std::snprintf(text, sizeof text, "%.*e", decimals, value);  // d.ddde±xx
    if (std::strtod(text, nullptr) == value) break;
  }
  Decimal decimal;
  const char* at = text;
  for (; *at != 'e'; ++at)
    if (*at != '.') decimal.digits += *at;
  decimal.point = std::atoi(at + 1) + 1;
  return decimal;
}

}  // namespace

std::string format_number(double value) {
  if (std::isnan(value)) return "NaN";
  if (value < 0) return "-" + format_number(-value);
  if (std::isinf(value)) return "Infinity";
  if (value == 0) return "0";
  auto [digits, point] = shortest_decimal(value);
  const int count = static_cast<int>(digits.size());
  if (point > 21 || point < -5) {
    if (count > 1) digits.insert(1, ".");
    return digits + (point > 0 ? "e+" : "e-") + std::to_string(std::abs(point - 1));
  }
  const auto zeros = [](int n) { return std::string(static_cast<std::size_t>(n), '0'); };
  if (point <= 0) return "0." + zeros(-point) + digits;
  if (point >= count) return digits + zeros(point - count);
  return digits.insert(static_cast<std::size_t>(point), ".");
}

}  // namespace mini_llm
