#include "io/describe.h"

#include "generate/generator.h"
#include "io/json.h"
#include "train/trainer.h"

namespace mini_llm {

namespace {

json type_of(const Field& field) {
  switch (field.type) {
    case FieldType::size:
    case FieldType::uint32:
    case FieldType::uint64:
      return "int";
    case FieldType::real:
      return "float";
    case FieldType::boolean:
      return "bool";
    case FieldType::texts:
      return "strings";
    case FieldType::list:
      return std::string(field.item_name) + "[]";
    case FieldType::text:
    case FieldType::literal:
    case FieldType::choice:
      break;
  }
  return field.rule.is_bytes ? "bytes" : field.choices.empty() ? "string" : "choice";
}

json describe_field(const Field& field) {
  json row;
  row["name"] = field.name;
  row["type"] = type_of(field);
  for (const char* choice : field.choices) row["choices"].push_back(choice);
  return row;
}

json describe_event(const Fields& fields) {
  json rows = json::array();
  for (const Field& field : fields) rows.push_back(describe_field(field));
  return rows;
}

json describe_options(const Fields& fields, const void* defaults) {
  json rows = json::array();
  for (const Field& field : fields) {
    json& row = rows.emplace_back(describe_field(field));
    visit_field(field, defaults, [&row](const auto& value) { row["default"] = value; });
    const Rule& rule = field.rule;
    if (std::isnan(rule.max)) continue;
    row[rule.excludes_min ? "above" : "min"] = rule.min;
    row["max"] = rule.max;
  }
  return rows;
}

template <class Options>
json describe_options() {
  const Options defaults{};
  return describe_options(fields_of<Options>(), &defaults);
}

}  // namespace

std::string describe_core() {
  json core;
  json& options = core["options"];
  options["ModelConfig"] = describe_options<ModelConfig>();
  options["TrainOptions"] = describe_options<TrainOptions>();
  options["SampleOptions"] = describe_options<SampleOptions>();
  json& events = core["events"];
  events["TrainEvent"] = describe_event(fields_of<TrainEvent>());
  events["GenerateEvent"] = describe_event(fields_of<GenerateEvent>());
  events[GenerateEvent::Sample::kName] = describe_event(fields_of<GenerateEvent::Sample>());
  events["ProfileRow"] = describe_event(fields_of<Profile::Row>());
  return core.dump();
}

}  // namespace mini_llm
