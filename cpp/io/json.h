#pragma once
// JSON as our files hold it. The library is one large template: all parsing goes through this one function,
// so that the parser is compiled into the program once.
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>

namespace mini_llm {

using nlohmann::json;

/// Parses a text that must be one JSON object, in which no object has a key twice: the standard leaves open
/// which one would count. Answers what is wrong with it, e.g. "is not valid JSON", or "" when all is well.
std::string parse_object(std::string_view text, json& object);

}  // namespace mini_llm
