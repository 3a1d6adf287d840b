#include "schema/field.h"

namespace mini_llm {

namespace {

std::string range_of(const Rule& rule) {
  const std::string min = format_number(*rule.min), max = format_number(*rule.max);
  return rule.excludes_min ? "above " + min + " and at most " + max : "from " + min + " to " + max;
}

}  // namespace

std::string problem_of(const char* name, double value, const Rule& rule, bool whole) {
  if (!rule.min) return "";
  const bool is_allowed = value <= *rule.max && (rule.excludes_min ? value > *rule.min : value >= *rule.min);
  if (is_allowed) return "";  // NaN is not
  return std::string(name) + " must be a " + (whole ? "whole " : "") + "number " + range_of(rule) + ", not " +
         format_number(value) + ".";
}

std::string problem_of(const char* name, const std::string& value, const Rule& rule) {
  if (rule.choices.empty()) return "";
  std::string known;
  for (const char* choice : rule.choices) {
    if (value == choice) return "";
    known += (known.empty() ? "" : ", ") + std::string(choice);
  }
  return std::string(name) + " must be one of " + known + ", not " +
         (value.empty() ? "empty" : "\"" + value + "\"") + ".";
}

}  // namespace mini_llm
