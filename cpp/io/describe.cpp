#include "io/describe.h"

#include "generate/generator.h"
#include "io/json.h"
#include "train/trainer.h"

namespace mini_llm {

namespace {

template <class T>
constexpr bool kIsText = std::is_same_v<T, std::string> || std::is_same_v<T, const char*>;

/// The type of a field of type T, with the choices that it has.
template <class T>
json type_of(const Rule& rule, std::vector<const char*>& choices) {
  choices = rule.choices;
  if constexpr (std::is_enum_v<T>) {
    const auto names = names_of(T{});
    choices = {names.begin(), names.end()};
    return "choice";
  } else if constexpr (std::is_same_v<T, bool>) {
    return "bool";
  } else if constexpr (std::is_arithmetic_v<T>) {
    return std::is_integral_v<T> ? "int" : "float";
  } else if constexpr (kIsText<T>) {
    return rule.is_bytes ? "bytes" : choices.empty() ? "string" : "choice";
  } else if constexpr (std::is_same_v<T, std::vector<std::string>>) {
    return "strings";
  } else {
    return std::string(T::value_type::kName) + "[]";
  }
}

template <class Struct, class Member>
json describe_field(const char* name, Member Struct::*, const Rule& rule) {
  json row;
  row["name"] = name;
  std::vector<const char*> choices;
  row["type"] = type_of<Member>(rule, choices);
  for (const char* choice : choices) row["choices"].push_back(choice);
  return row;
}

template <class Struct>
json describe_event() {
  json rows = json::array();
  Struct::describe([&](const char* name, auto member, const Rule& rule) {
    rows.push_back(describe_field(name, member, rule));
  });
  return rows;
}

template <class Struct>
json describe_options() {
  json rows = json::array();
  const Struct defaults;
  Struct::describe([&](const char* name, auto member, const Rule& rule) {
    json& row = rows.emplace_back(describe_field(name, member, rule));
    row["default"] = defaults.*member;
    if (rule.min) row[rule.excludes_min ? "above" : "min"] = *rule.min;
    if (rule.max) row["max"] = *rule.max;
  });
  return rows;
}

}  // namespace

std::string describe_core() {
  json core;
  json& options = core["options"];
  options["ModelConfig"] = describe_options<ModelConfig>();
  options["TrainOptions"] = describe_options<TrainOptions>();
  options["SampleOptions"] = describe_options<SampleOptions>();
  json& events = core["events"];
  events["TrainEvent"] = describe_event<TrainEvent>();
  events["GenerateEvent"] = describe_event<GenerateEvent>();
  events[GenerateEvent::Sample::kName] = describe_event<GenerateEvent::Sample>();
  events["ProfileRow"] = describe_event<Profile::Row>();
  return core.dump();
}

}  // namespace mini_llm
