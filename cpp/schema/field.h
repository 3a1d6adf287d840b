#pragma once
// A struct describes its fields once, and everything else follows from that: validation, the JSON of saved
// files, the bindings and the tables and types of TypeScript.
//
//   template <class Visitor>
//   static void describe(Visitor&& field) {
//     field("n_layer", &ModelConfig::n_layer, between(1, 256));
//     field("arch", &ModelConfig::arch, one_of(architecture_names()));
//   }
#include <bit>
#include <cmath>
#include <cstdint>
#include <cstring>
#include <initializer_list>
#include <span>
#include <string>
#include <type_traits>
#include <vector>

#include "schema/number.h"

namespace mini_llm {

/// The values that a field may have, beyond the limits of its C++ type.
struct Rule {
  double min = NAN, max = NAN;  // NaN: no limit
  bool excludes_min = false;
  std::span<const char* const> choices = {};
  bool is_bytes = false;  // a std::string that is not text

  /// The value in files that are older than the field. If it is NaN, every file must have the field.
  double number_when_absent = NAN;
  const char* text_when_absent = nullptr;

  constexpr bool has_only_limits() const {
    return !excludes_min && choices.empty() && !is_bytes && text_when_absent == nullptr;
  }

  template <class T>
  constexpr Rule when_absent(T value) const {
    Rule rule = *this;
    if constexpr (std::is_arithmetic_v<T>)
      rule.number_when_absent = value;
    else
      rule.text_when_absent = value;
    return rule;
  }
};

constexpr Rule any() { return {}; }
constexpr Rule bytes() { return {.is_bytes = true}; }
constexpr Rule between(double min, double max) { return {.min = min, .max = max}; }
constexpr Rule one_of(std::span<const char* const> choices) { return {.choices = choices}; }
/// For use within the call of field() only.
constexpr Rule one_of(std::initializer_list<const char*> choices) {
  return {.choices = {choices.begin(), choices.size()}};
}

/// The name of an enum's value; names_of(E), beside the enum, lists them in the order of its values.
template <class E>
constexpr const char* name_of(E value) {
  return names_of(value)[static_cast<std::size_t>(value)];
}

enum class FieldType : std::uint8_t {
  size,
  uint32,
  uint64,
  real,
  boolean,
  text,
  literal,
  texts,
  choice,
  list
};

struct Field;
using Fields = std::vector<Field>;

/// A described field at run time. Code that loops over a table of fields is compiled once, not for each
/// struct.
struct Field {
  const char* name;
  FieldType type;
  std::size_t offset;  // in the struct
  Rule rule;           // whose choices are in `choices`
  std::vector<const char*> choices;

  // Of a list of structs:
  const char* item_name = nullptr;
  const Fields* items = nullptr;
  std::size_t (*size)(const void* list) = nullptr;
  const void* (*item)(const void* list, std::size_t i) = nullptr;
};

template <class Struct>
const Fields& fields_of();

template <class T>
constexpr FieldType field_type() {
  if constexpr (std::is_enum_v<T>) return FieldType::choice;
  if constexpr (std::is_same_v<T, std::size_t>) return FieldType::size;
  if constexpr (std::is_same_v<T, std::uint32_t>) return FieldType::uint32;
  if constexpr (std::is_same_v<T, std::uint64_t>) return FieldType::uint64;
  if constexpr (std::is_same_v<T, double>) return FieldType::real;
  if constexpr (std::is_same_v<T, bool>) return FieldType::boolean;
  if constexpr (std::is_same_v<T, std::string>) return FieldType::text;
  if constexpr (std::is_same_v<T, const char*>) return FieldType::literal;
  if constexpr (std::is_same_v<T, std::vector<std::string>>) return FieldType::texts;
  return FieldType::list;
}

/// `rule` holds everything but the limits; null if there is nothing else.
Field& add_field(Fields& fields, const char* name, FieldType type, std::size_t offset, double min, double max,
                 double number_when_absent, const Rule* rule);

/// The table of a described struct.
template <class Struct>
const Fields& fields_of() {
  static const Fields fields = [] {
    Fields all;
    // Inline, so that a field takes a call with constants and no Rule in memory.
    Struct::describe([&]<class T, class Owner>(const char* name, T Owner::* member,
                                               const Rule& rule) __attribute__((always_inline)) {
      // In the Itanium ABI, which all our compilers use, a pointer to a data member is its offset.
      const auto offset = std::bit_cast<std::size_t>(static_cast<T Struct::*>(member));
      Field& field = add_field(all, name, field_type<T>(), offset, rule.min, rule.max,
                               rule.number_when_absent, rule.has_only_limits() ? nullptr : &rule);
      if constexpr (field_type<T>() == FieldType::choice) {
        static_assert(sizeof(T) == sizeof(int));
        const auto names = names_of(T{});
        field.choices.assign(names.begin(), names.end());
      } else if constexpr (field_type<T>() == FieldType::list) {
        using Item = typename T::value_type;
        field.item_name = Item::kName;
        field.items = &fields_of<Item>();
        field.size = [](const void* list) { return static_cast<const T*>(list)->size(); };
        field.item = [](const void* list, std::size_t i) -> const void* {
          return &(*static_cast<const T*>(list))[i];
        };
      }
    });
    return all;
  }();
  return fields;
}

/// Calls fn with a field's value in `object`, a number, bool, string or list of strings.
template <class Fn>
void visit_field(const Field& field, void* object, const Fn& fn) {
  void* at = static_cast<char*>(object) + field.offset;
  switch (field.type) {
    case FieldType::size:
      return fn(*static_cast<std::size_t*>(at));
    case FieldType::uint32:
      return fn(*static_cast<std::uint32_t*>(at));
    case FieldType::uint64:
      return fn(*static_cast<std::uint64_t*>(at));
    case FieldType::real:
      return fn(*static_cast<double*>(at));
    case FieldType::boolean:
      return fn(*static_cast<bool*>(at));
    case FieldType::text:
      return fn(*static_cast<std::string*>(at));
    case FieldType::literal:
      return fn(*static_cast<const char**>(at));
    case FieldType::texts:
      return fn(*static_cast<std::vector<std::string>*>(at));
    case FieldType::choice:
    case FieldType::list:
      return;
  }
}
template <class Fn>
void visit_field(const Field& field, const void* object, const Fn& fn) {
  visit_field(field, const_cast<void*>(object), [&fn](const auto& value) { fn(value); });
}

inline const void* field_address(const Field& field, const void* object) {
  return static_cast<const char*>(object) + field.offset;
}

/// The name of the value of an enum.
inline const char* choice_of(const Field& field, const void* object) {
  int value = 0;
  std::memcpy(&value, field_address(field, object), sizeof value);
  return field.choices[static_cast<std::size_t>(value)];
}

/// "" or one sentence, e.g. "lr must be a number from 0 to 1000000, not -1.".
std::string problem_of(const char* name, double value, const Rule& rule, bool whole);
std::string problem_of(const char* name, const std::string& value, std::span<const char* const> choices);

/// The sentence about the first field whose value its rule forbids, or "".
std::string first_problem(const Fields& fields, const void* object);
template <class Struct>
std::string first_problem(const Struct& values) {
  return first_problem(fields_of<Struct>(), &values);
}

}  // namespace mini_llm
