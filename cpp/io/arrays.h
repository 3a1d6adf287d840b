#pragma once
// Numbers and arrays as little-endian bytes, which all formats here use; so do all machines that run this.
#include <bit>
#include <cstring>
#include <memory>
#include <string>
#include <string_view>

#include "io/file_output.h"
#include "tensor/tensor.h"

namespace mini_llm {

static_assert(std::endian::native == std::endian::little);

/// Appends a number.
template <class Number>
void put(std::string& bytes, Number value) {
  char raw[sizeof value];
  std::memcpy(raw, &value, sizeof value);
  bytes.append(raw, sizeof value);
}

/// The values of a tensor as float32, borrowed.
inline std::string_view bytes_of(const Tensor& tensor) {
  return {reinterpret_cast<const char*>(tensor.data()), tensor.size() * sizeof(float)};
}

inline void append_values(FileOutput& file, const Tensor& tensor) {
  file.append(bytes_of(tensor), std::make_shared<const Tensor>(tensor));
}

}  // namespace mini_llm
