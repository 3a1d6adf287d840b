#pragma once
// JSON in model files. All parsing uses this one function, so the library's large parser is compiled once.
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>

namespace mini_llm {

using nlohmann::json;

/// Parses one JSON object. Rejects duplicate keys, because the standard does not say which one counts, and
/// values that are nested too deeply to be copied and written. Returns an error such as "is not valid JSON",
/// or "".
std::string parse_object(std::string_view text, json& object);

}  // namespace mini_llm
