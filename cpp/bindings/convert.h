#pragma once
// Converts values to JavaScript and back. A described struct becomes a plain object with the same fields.
#include <emscripten/bind.h>

#include <limits>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

#include "io/file_output.h"
#include "schema/field.h"
#include "tensor/tensor.h"
#include "text/token.h"

namespace mini_llm {

EMSCRIPTEN_DECLARE_VAL_TYPE(Uint8Array);
EMSCRIPTEN_DECLARE_VAL_TYPE(Uint32Array);
EMSCRIPTEN_DECLARE_VAL_TYPE(Float32Array);

/// A JavaScript value that TypeScript knows as T's type.
template <class T>
struct Js : emscripten::val {
  explicit Js(const emscripten::val& value) : val(value) {}
};

// Copies that JavaScript owns: a view of the heap would not survive its growth.
inline Uint8Array to_js(std::string_view bytes) {
  const emscripten::val view(
      emscripten::typed_memory_view(bytes.size(), reinterpret_cast<const unsigned char*>(bytes.data())));
  return Uint8Array(view.call<emscripten::val>("slice"));
}

inline Uint32Array to_js(const std::vector<std::uint32_t>& numbers) {
  const emscripten::val view(emscripten::typed_memory_view(numbers.size(), numbers.data()));
  return Uint32Array(view.call<emscripten::val>("slice"));
}

inline Float32Array to_js(const Tensor& tensor) {
  const emscripten::val view(emscripten::typed_memory_view(tensor.size(), tensor.data()));
  return Float32Array(view.call<emscripten::val>("slice"));
}

/// Copies a file chunk by chunk, so that it is never in the heap as a whole.
inline Uint8Array to_js(const FileOutput& file) {
  const emscripten::val result = emscripten::val::global("Uint8Array").new_(static_cast<double>(file.size()));
  double at = 0;
  file.for_each_chunk([&](std::string_view chunk) {
    const auto* data = reinterpret_cast<const unsigned char*>(chunk.data());
    result.call<void>("set", emscripten::val(emscripten::typed_memory_view(chunk.size(), data)), at);
    at += static_cast<double>(chunk.size());
  });
  return Uint8Array(result);
}

template <class T>
std::vector<T> vector_from_js(const emscripten::val& array) {
  std::vector<T> result(array["length"].as<std::size_t>());
  const emscripten::val view(emscripten::typed_memory_view(result.size(), result.data()));
  view.call<void>("set", array);
  return result;
}
inline std::vector<Token> from_js(const Uint32Array& tokens) { return vector_from_js<Token>(tokens); }
inline std::vector<float> from_js(const Float32Array& numbers) { return vector_from_js<float>(numbers); }

inline std::string from_js(const Uint8Array& bytes) {
  std::string result(bytes["length"].as<std::size_t>(), '\0');
  const emscripten::val view(
      emscripten::typed_memory_view(result.size(), reinterpret_cast<unsigned char*>(result.data())));
  view.call<void>("set", bytes);
  return result;
}

inline emscripten::val fields_to_js(const Fields& fields, const void* object) {
  emscripten::val result = emscripten::val::object();
  for (const Field& field : fields) {
    if (field.type == FieldType::choice) result.set(field.name, std::string(choice_of(field, object)));
    if (field.type == FieldType::list) {
      const void* list = field_address(field, object);
      const emscripten::val items = emscripten::val::array();
      for (std::size_t i = 0; i < field.size(list); ++i)
        items.call<void>("push", fields_to_js(*field.items, field.item(list, i)));
      result.set(field.name, items);
    }
    visit_field(field, object, [&](const auto& value) {
      using T = std::remove_cvref_t<decltype(value)>;
      if constexpr (std::is_same_v<T, bool>)
        result.set(field.name, value);
      else if constexpr (std::is_arithmetic_v<T>)
        result.set(field.name, static_cast<double>(value));
      else if constexpr (std::is_same_v<T, std::vector<std::string>>)
        result.set(field.name, emscripten::val::array(value));
      else if (field.rule.is_bytes)
        result.set(field.name, to_js(std::string_view(value)));
      else
        result.set(field.name, std::string(value));
    });
  }
  return result;
}

template <class Struct>
Js<Struct> to_js(const Struct& values) {
  return Js<Struct>(fields_to_js(fields_of<Struct>(), &values));
}

/// A whole number as T. A number that T cannot hold becomes T's largest value, above every range except the
/// seed's.
template <class T>
T to_whole(double value) {
  constexpr T kLargest = std::numeric_limits<T>::max();
  return value >= 0 && value <= static_cast<double>(kLargest) ? static_cast<T>(value) : kLargest;
}

/// Fields that the object lacks keep their values.
inline void fields_from_js(const emscripten::val& object, const Fields& fields, void* values) {
  for (const Field& field : fields) {
    const emscripten::val given = object[field.name];
    if (given.isUndefined()) continue;
    visit_field(field, values, [&given](auto& value) {
      using T = std::remove_cvref_t<decltype(value)>;
      if constexpr (std::is_same_v<T, std::vector<std::string>>)
        value = emscripten::vecFromJSArray<std::string>(given);
      else if constexpr (std::is_same_v<T, bool> || std::is_same_v<T, double> ||
                         std::is_same_v<T, std::string>)
        value = given.as<T>();
      else if constexpr (std::is_integral_v<T>)
        value = to_whole<T>(given.as<double>());
    });
  }
}

/// Fields that the object lacks have their defaults.
template <class Struct>
Struct from_js(const Js<Struct>& object) {
  Struct values;
  fields_from_js(object, fields_of<Struct>(), &values);
  return values;
}

}  // namespace mini_llm
