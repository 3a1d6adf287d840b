#pragma once
// A struct describes its fields once, and everything else follows from that: validation, the JSON of saved
// files, the bindings and the tables and types of TypeScript.
//
//   template <class Visitor>
//   static void describe(Visitor&& field) {
//     field("n_layer", &ModelConfig::n_layer, between(1, 256));
//     field("arch", &ModelConfig::arch, one_of(architecture_names()));
//   }
#include <optional>
#include <string>
#include <type_traits>
#include <vector>

#include "schema/number.h"

namespace mini_llm {

/// The values that a field may have. The field's C++ type says the rest.
struct Rule {
  std::optional<double> min = {}, max = {};
  bool excludes_min = false;
  std::vector<const char*> choices = {};
  bool is_bytes = false;  // a std::string that is not text

  /// What a saved file means that is older than the field; files must hold fields without this.
  std::optional<double> number_when_absent = {};
  const char* text_when_absent = nullptr;

  template <class T>
  Rule when_absent(T value) && {
    if constexpr (std::is_arithmetic_v<T>)
      number_when_absent = value;
    else
      text_when_absent = value;
    return std::move(*this);
  }
};

inline Rule any() { return {}; }
inline Rule bytes() { return {.is_bytes = true}; }
inline Rule between(double min, double max) { return {.min = min, .max = max}; }
inline Rule one_of(std::vector<const char*> choices) { return {.choices = std::move(choices)}; }

/// The name of an enum's value; names_of(E), beside the enum, lists them in the order of its values.
template <class E>
constexpr const char* name_of(E value) {
  return names_of(value)[static_cast<std::size_t>(value)];
}

/// "" or one sentence, e.g. "lr must be a number from 0 to 1000000, not -1.".
std::string problem_of(const char* name, double value, const Rule& rule, bool whole);
std::string problem_of(const char* name, const std::string& value, const Rule& rule);

/// The sentence about the first field whose value its rule forbids, or "".
template <class Struct>
std::string first_problem(const Struct& values) {
  std::string problem;
  Struct::describe([&](const char* name, auto member, const Rule& rule) {
    if (!problem.empty()) return;
    const auto& value = values.*member;
    using T = std::remove_cvref_t<decltype(value)>;
    if constexpr (std::is_same_v<T, std::string>)
      problem = problem_of(name, value, rule);
    else if constexpr (std::is_arithmetic_v<T>)
      problem = problem_of(name, static_cast<double>(value), rule, std::is_integral_v<T>);
  });
  return problem;
}

}  // namespace mini_llm
