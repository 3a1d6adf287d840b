#pragma once
// JSON in our files. All parsing goes through this one function, so that the library's large parser is
// compiled once.
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>

namespace mini_llm {

using nlohmann::json;

/// Parses one JSON object. No object in it may have a key twice, since the standard does not say which one
/// counts. Returns what is wrong, e.g. "is not valid JSON", or "".
std::string parse_object(std::string_view text, json& object);

}  // namespace mini_llm
