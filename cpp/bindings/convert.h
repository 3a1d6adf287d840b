#pragma once
// Values on their way to JavaScript and back. A described struct is a plain object with the same fields.
#include <emscripten/bind.h>

#include <limits>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

#include "io/file_output.h"
#include "schema/field.h"
#include "text/token.h"

namespace mini_llm {

EMSCRIPTEN_DECLARE_VAL_TYPE(Uint8Array);
EMSCRIPTEN_DECLARE_VAL_TYPE(Uint16Array);

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

inline Uint16Array to_js(const std::vector<Token>& tokens) {
  const emscripten::val view(emscripten::typed_memory_view(tokens.size(), tokens.data()));
  return Uint16Array(view.call<emscripten::val>("slice"));
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

inline std::string from_js(const Uint8Array& bytes) {
  std::string result(bytes["length"].as<std::size_t>(), '\0');
  const emscripten::val view(
      emscripten::typed_memory_view(result.size(), reinterpret_cast<unsigned char*>(result.data())));
  view.call<void>("set", bytes);
  return result;
}

template <class Struct>
Js<Struct> to_js(const Struct& values);

template <class T>
emscripten::val value_to_js(const T& value, const Rule& rule) {
  if constexpr (std::is_enum_v<T>) {
    return emscripten::val(std::string(name_of(value)));
  } else if constexpr (std::is_same_v<T, bool>) {
    return emscripten::val(value);
  } else if constexpr (std::is_arithmetic_v<T>) {
    return emscripten::val(static_cast<double>(value));
  } else if constexpr (std::is_convertible_v<T, std::string>) {
    return rule.is_bytes ? to_js(std::string_view(value)) : emscripten::val(std::string(value));
  } else if constexpr (std::is_same_v<T, std::vector<std::string>>) {
    return emscripten::val::array(value);
  } else {
    emscripten::val list = emscripten::val::array();
    for (const auto& item : value) list.call<void>("push", to_js(item));
    return list;
  }
}

template <class Struct>
Js<Struct> to_js(const Struct& values) {
  emscripten::val object = emscripten::val::object();
  Struct::describe([&](const char* name, auto member, const Rule& rule) {
    object.set(name, value_to_js(values.*member, rule));
  });
  return Js<Struct>(object);
}

/// A whole number as T. What T cannot hold becomes its largest value, above every range except the seed's.
template <class T>
T to_whole(double value) {
  constexpr T kLargest = std::numeric_limits<T>::max();
  return value >= 0 && value <= static_cast<double>(kLargest) ? static_cast<T>(value) : kLargest;
}

/// Fields that the object lacks keep their defaults.
template <class Struct>
Struct from_js(const Js<Struct>& object) {
  Struct values;
  Struct::describe([&](const char* name, auto member, const Rule&) {
    const emscripten::val field = object[name];
    if (field.isUndefined()) return;
    auto& value = values.*member;
    using T = std::remove_cvref_t<decltype(value)>;
    if constexpr (std::is_integral_v<T> && !std::is_same_v<T, bool>)
      value = to_whole<T>(field.template as<double>());
    else if constexpr (std::is_same_v<T, std::vector<std::string>>)
      value = emscripten::vecFromJSArray<std::string>(field);
    else
      value = field.template as<T>();
  });
  return values;
}

}  // namespace mini_llm
