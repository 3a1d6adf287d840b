#include "schema/field.h"

namespace mini_llm {

Field& add_field(Fields& fields, const char* name, FieldType type, std::size_t offset, double min, double max,
                 double number_when_absent, const Rule* rule) {
  Field& field = fields.emplace_back();
  field.name = name;
  field.type = type;
  field.offset = offset;
  if (rule != nullptr) {
    field.rule = *rule;
    field.choices.assign(rule->choices.begin(), rule->choices.end());
    field.rule.choices = {};
  }
  field.rule.min = min;
  field.rule.max = max;
  field.rule.number_when_absent = number_when_absent;
  return field;
}

std::string problem_of(const char* name, double value, const Rule& rule, bool whole) {
  if (std::isnan(rule.max)) return "";
  if (value <= rule.max && (rule.excludes_min ? value > rule.min : value >= rule.min)) return "";
  const std::string min = format_number(rule.min), max = format_number(rule.max);
  return std::string(name) + " must be a " + (whole ? "whole number " : "number ") +
         (rule.excludes_min ? "above " + min + " and at most " : "from " + min + " to ") + max + ", not " +
         format_number(value) + ".";
}

std::string problem_of(const char* name, const std::string& value, std::span<const char* const> choices) {
  if (choices.empty()) return "";
  std::string known;
  for (const char* choice : choices) {
    if (value == choice) return "";
    known += (known.empty() ? "" : ", ") + std::string(choice);
  }
  return std::string(name) + " must be one of " + known + ", not " +
         (value.empty() ? "empty" : "\"" + value + "\"") + ".";
}

std::string first_problem(const Fields& fields, const void* object) {
  std::string problem;
  for (const Field& field : fields) {
    visit_field(field, object, [&](const auto& value) {
      using T = std::remove_cvref_t<decltype(value)>;
      if constexpr (std::is_same_v<T, std::string>)
        problem = problem_of(field.name, value, field.choices);
      else if constexpr (std::is_arithmetic_v<T>)
        problem = problem_of(field.name, static_cast<double>(value), field.rule, std::is_integral_v<T>);
    });
    if (!problem.empty()) break;
  }
  return problem;
}

}  // namespace mini_llm
