#pragma once
#include <string>

#include "text/tokenizer.h"

namespace mini_llm {

/// A token as GPT-2's vocabulary files spell it, in UTF-8: one visible character for each byte, the byte's
/// own or, where it has none, the next one from U+0100 on (bytes_to_unicode in GPT-2's encoder.py).
std::string spelled(std::string_view token);

}  // namespace mini_llm
