#pragma once
#include <string>

namespace mini_llm {

/// A number for a message, as JavaScript writes it: the shortest text that reads back as the same number,
/// e.g. "0.02", "1e-7", "10000000", "NaN".
std::string format_number(double value);

}  // namespace mini_llm
