#pragma once
// The wire format of Protocol Buffers, as much of it as ONNX needs.
// https://protobuf.dev/programming-guides/encoding/
#include <cstdint>
#include <string>
#include <string_view>

namespace mini_llm {

/// A message, field by field; readers accept any order.
class ProtoMessage {
 public:
  void add_integer(std::uint32_t field, std::int64_t value);
  void add_float(std::uint32_t field, float value);
  /// A string, bytes, or a message.
  void add_text(std::uint32_t field, std::string_view text);
  /// Begins a field whose `size` bytes follow all others.
  void begin(std::uint32_t field, std::uint64_t size);

  const std::string& bytes() const { return bytes_; }

 private:
  void put_key(std::uint32_t field, std::uint32_t wire_type);
  void put_varint(std::uint64_t value);

  std::string bytes_;
};

/// Throws std::invalid_argument if the file would have 2 GiB or more, which readers refuse.
void require_protobuf_size(std::uint64_t size);

}  // namespace mini_llm
