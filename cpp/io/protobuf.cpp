#include "io/protobuf.h"

#include <limits>
#include <stdexcept>

#include "io/arrays.h"

namespace mini_llm {

enum WireType : std::uint32_t { kVarint = 0, kLengthDelimited = 2, kFixed32 = 5 };

void ProtoMessage::put_key(std::uint32_t field, std::uint32_t wire_type) {
  put_varint(field << 3 | wire_type);
}

/// Seven bits a byte, the lowest first; all bytes but the last have their high bit set.
void ProtoMessage::put_varint(std::uint64_t value) {
  for (; value > 0x7F; value >>= 7) bytes_ += static_cast<char>(value | 0x80);
  bytes_ += static_cast<char>(value);
}

void ProtoMessage::add_integer(std::uint32_t field, std::int64_t value) {
  put_key(field, kVarint);
  put_varint(static_cast<std::uint64_t>(value));
}

void ProtoMessage::add_float(std::uint32_t field, float value) {
  put_key(field, kFixed32);
  put(bytes_, value);
}

void ProtoMessage::add_text(std::uint32_t field, std::string_view text) {
  begin(field, text.size());
  bytes_ += text;
}

void ProtoMessage::begin(std::uint32_t field, std::uint64_t size) {
  put_key(field, kLengthDelimited);
  put_varint(size);
}

void require_protobuf_size(std::uint64_t size) {
  if (size > std::numeric_limits<std::int32_t>::max())
    throw std::invalid_argument("The ONNX file would need " + std::to_string(size) +
                                " bytes, more than the 2 GB that it can have; export safetensors.");
}

}  // namespace mini_llm
