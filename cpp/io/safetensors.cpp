#include "io/safetensors.h"

#include <algorithm>
#include <limits>
#include <stdexcept>

#include "io/arrays.h"
#include "io/json.h"

namespace mini_llm {

namespace {

constexpr std::uint64_t kLengthBytes = 8;
constexpr std::uint64_t kMaxHeader = 100'000'000;

[[noreturn]] void refuse_safetensors(const std::string& why) {
  throw std::invalid_argument("This is not a usable safetensors file: " + why + ".");
}

std::uint64_t unsigned_at(const json& value, const std::string& what) {
  if (!value.is_number_unsigned()) refuse_safetensors(what + " is not a whole number");
  return value.get<std::uint64_t>();
}

struct TensorEntry {
  std::string name;
  Shape shape;
  std::uint64_t begin, end;
};

TensorEntry parse_entry(const std::string& name, const json& value) {
  const std::string what = "the tensor \"" + name + "\"";
  if (!value.is_object() || !value.contains("dtype") || !value.contains("shape") ||
      !value.contains("data_offsets"))
    refuse_safetensors(what + " lacks a dtype, shape or data_offsets");
  if (value["dtype"] != "F32")
    refuse_safetensors(what + " is of type " + value["dtype"].dump() + ", and only F32 can be read");
  const json& shape = value["shape"];
  const json& offsets = value["data_offsets"];
  if (!shape.is_array() || shape.size() > 8 || !offsets.is_array() || offsets.size() != 2)
    refuse_safetensors(what + " has a malformed shape or data_offsets");
  TensorEntry entry{
      name, {}, unsigned_at(offsets[0], what + "'s begin"), unsigned_at(offsets[1], what + "'s end")};
  std::uint64_t bytes = sizeof(float);
  for (const json& item : shape) {
    const std::uint64_t dim = unsigned_at(item, what + "'s shape");
    if (dim != 0 && bytes > std::numeric_limits<std::uint64_t>::max() / dim)
      refuse_safetensors(what + " is impossibly large");
    bytes *= dim;
    if (dim > std::numeric_limits<std::size_t>::max()) refuse_safetensors(what + " is impossibly large");
    entry.shape.push_back(static_cast<std::size_t>(dim));
  }
  if (entry.end < entry.begin || entry.end - entry.begin != bytes)
    refuse_safetensors(what + "'s size does not fit its shape");
  return entry;
}

std::vector<std::size_t> dimensions(const Tensor& tensor) {
  return {tensor.shape().begin(), tensor.shape().end()};
}

void read_metadata(const json& value, std::map<std::string, std::string>& metadata) {
  if (!value.is_object()) refuse_safetensors("its __metadata__ is not an object");
  for (const auto& [key, text] : value.items()) {
    if (!text.is_string()) refuse_safetensors("its metadata \"" + key + "\" is not a string");
    metadata[key] = text.get<std::string>();
  }
}

}  // namespace

FileOutput write_safetensors(std::map<std::string, std::string> metadata, const StateDict& tensors) {
  metadata["format"] = "pt";
  // Written without a json object, which would sort the names: the entries keep the tensors' order.
  std::string text = "{\"__metadata__\":" + json(metadata).dump();
  std::uint64_t offset = 0;
  for (const auto& [name, tensor] : tensors) {
    const std::uint64_t end = offset + tensor.size() * sizeof(float);
    text += "," + json(name).dump() + ":{\"dtype\":\"F32\",\"shape\":" + json(dimensions(tensor)).dump() +
            ",\"data_offsets\":[" + std::to_string(offset) + "," + std::to_string(end) + "]}";
    offset = end;
  }
  text += "}";
  text.append((kLengthBytes - text.size() % kLengthBytes) % kLengthBytes, ' ');

  std::string length;
  put(length, std::uint64_t{text.size()});
  FileOutput file;
  file.append(length + text);
  for (const auto& [name, tensor] : tensors) append_values(file, tensor);
  return file;
}

namespace {

/// The two parts of a file. `data` views the file.
struct Parts {
  json header;
  std::string_view data;
};

Parts parts_of(std::string_view bytes) {
  if (bytes.size() < kLengthBytes)
    refuse_safetensors("it is only " + std::to_string(bytes.size()) + " bytes long");
  std::uint64_t length = 0;
  for (std::uint64_t i = 0; i < kLengthBytes; ++i)
    length |= static_cast<std::uint64_t>(static_cast<unsigned char>(bytes[i])) << (8 * i);
  if (length > kMaxHeader || length > bytes.size() - kLengthBytes)
    refuse_safetensors("it states a header of " + std::to_string(length) +
                       " bytes, which does not fit its size");
  const std::string_view text = bytes.substr(kLengthBytes, static_cast<std::size_t>(length));
  if (text.empty() || text.front() != '{') refuse_safetensors("its header does not begin with '{'");
  Parts parts;
  parts.data = bytes.substr(kLengthBytes + static_cast<std::size_t>(length));
  if (const std::string wrong = parse_object(text, parts.header); !wrong.empty())
    refuse_safetensors("its header " + wrong);
  return parts;
}

std::map<std::string, std::string> metadata_of(const json& header) {
  std::map<std::string, std::string> metadata;
  if (header.contains("__metadata__")) read_metadata(header["__metadata__"], metadata);
  return metadata;
}

}  // namespace

std::map<std::string, std::string> read_safetensors_metadata(std::string_view bytes) {
  return metadata_of(parts_of(bytes).header);
}

SafetensorsFile read_safetensors(std::string_view bytes) {
  const auto [header, data] = parts_of(bytes);
  SafetensorsFile file;
  file.metadata = metadata_of(header);
  std::vector<TensorEntry> entries;
  for (const auto& [name, value] : header.items())
    if (name != "__metadata__") entries.push_back(parse_entry(name, value));
  const auto is_before = [](const TensorEntry& a, const TensorEntry& b) {
    return a.begin != b.begin ? a.begin < b.begin : a.end < b.end;
  };
  std::make_heap(entries.begin(), entries.end(), is_before);  // much less code than std::sort
  std::sort_heap(entries.begin(), entries.end(), is_before);
  std::uint64_t at = 0;
  for (const TensorEntry& entry : entries) {
    if (entry.begin != at)
      refuse_safetensors("the tensor \"" + entry.name + "\" does not follow the one before it");
    at = entry.end;
  }
  if (at != data.size())
    refuse_safetensors("its tensors take " + std::to_string(at) + " bytes, but " +
                       std::to_string(data.size()) + " follow");
  for (const TensorEntry& entry : entries) {
    Tensor tensor(entry.shape);
    std::copy_n(data.data() + entry.begin, static_cast<std::size_t>(entry.end - entry.begin),
                reinterpret_cast<char*>(tensor.data()));
    file.tensors.emplace(entry.name, tensor);
  }
  return file;
}

}  // namespace mini_llm
