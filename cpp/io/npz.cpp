#include "io/npz.h"

#include <array>
#include <limits>
#include <stdexcept>

#include "io/arrays.h"

namespace mini_llm {

namespace {

/// CRC-32 as in ZIP (ISO 3309), reflected. Continues a checksum, which begins with 0. Four bits at a time: a
/// larger table would be downloaded by everyone.
std::uint32_t crc32(std::uint32_t crc, std::string_view bytes) {
  static constexpr std::array<std::uint32_t, 16> kTable = [] {
    std::array<std::uint32_t, 16> table{};
    for (std::uint32_t nibble = 0; nibble < table.size(); ++nibble) {
      std::uint32_t value = nibble;
      for (int bit = 0; bit < 4; ++bit) value = value % 2 != 0 ? value >> 1 ^ 0xEDB88320 : value >> 1;
      table[nibble] = value;
    }
    return table;
  }();
  crc = ~crc;
  for (const char byte : bytes) {
    crc ^= static_cast<unsigned char>(byte);
    for (int half = 0; half < 2; ++half) crc = crc >> 4 ^ kTable[crc & 0xF];
  }
  return ~crc;
}

/// The header of a .npy file of version 1.0: a Python dictionary, padded so that the values are aligned.
std::string npy_header(const Shape& shape) {
  std::string text = "{'descr': '<f4', 'fortran_order': False, 'shape': (";
  for (std::size_t i = 0; i < shape.size(); ++i) text += (i == 0 ? "" : ", ") + std::to_string(shape[i]);
  text += shape.size() == 1 ? ",), }" : "), }";
  std::string header("\x93NUMPY\x01\x00", 8);
  constexpr std::size_t kAlignment = 64, kLength = sizeof(std::uint16_t);
  const std::size_t used = header.size() + kLength + text.size() + 1;
  text.append((kAlignment - used % kAlignment) % kAlignment, ' ');
  text += '\n';
  put(header, static_cast<std::uint16_t>(text.size()));
  return header + text;
}

/// The fields that an entry's own header and the central directory share. Entries are stored, not compressed,
/// and dated 1 January 1980, so that the same weights give the same bytes.
std::string entry_fields(const std::string& name, std::uint32_t crc, std::uint32_t size) {
  constexpr std::uint16_t kVersion = 20, kFlags = 0, kStored = 0, kTime = 0, kDate = 1 << 5 | 1, kExtra = 0;
  std::string fields;
  for (const std::uint16_t value : {kVersion, kFlags, kStored, kTime, kDate}) put(fields, value);
  for (const std::uint32_t value : {crc, size, size}) put(fields, value);
  put(fields, static_cast<std::uint16_t>(name.size()));
  put(fields, kExtra);
  return fields;
}

/// The central directory's entry for the file at `offset`.
std::string directory_entry(const std::string& name, const std::string& fields, std::uint32_t offset) {
  std::string entry("PK\x01\x02\x14\x00", 6);
  entry += fields;
  entry.append(10, '\0');  // no comment, first disk, no attributes
  put(entry, offset);
  return entry + name;
}

std::string end_of_directory(std::size_t entries, std::size_t size, std::uint32_t offset) {
  std::string end("PK\x05\x06\0\0\0\0", 8);
  for (int i = 0; i < 2; ++i) put(end, static_cast<std::uint16_t>(entries));
  put(end, static_cast<std::uint32_t>(size));
  put(end, offset);
  end.append(2, '\0');  // no comment
  return end;
}

std::uint32_t offset_in_zip(std::uint64_t at) {
  if (at > std::numeric_limits<std::uint32_t>::max())
    throw std::invalid_argument("The weights need " + std::to_string(at) +
                                " bytes, more than the 4 GB that an .npz file can hold; export safetensors.");
  return static_cast<std::uint32_t>(at);
}

}  // namespace

FileOutput write_npz(const StateDict& tensors) {
  FileOutput file;
  std::string directory;
  std::uint64_t at = 0;
  for (const auto& [tensor_name, tensor] : tensors) {
    const std::string name = tensor_name + ".npy", header = npy_header(tensor.shape());
    const std::uint32_t crc = crc32(crc32(0, header), bytes_of(tensor));
    const std::uint32_t size = offset_in_zip(std::uint64_t{header.size()} + bytes_of(tensor).size());
    const std::string fields = entry_fields(name, crc, size);
    directory += directory_entry(name, fields, offset_in_zip(at));
    file.append("PK\x03\x04" + fields + name + header);
    append_values(file, tensor);
    at += 4 + fields.size() + name.size() + size;
  }
  const std::uint32_t offset = offset_in_zip(at);
  offset_in_zip(at + directory.size());
  file.append(directory + end_of_directory(tensors.size(), directory.size(), offset));
  return file;
}

}  // namespace mini_llm
