#pragma once
// The safetensors format (huggingface/safetensors): u64 header length, a JSON header, then the tensors'
// bytes.
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "nn/module.h"

namespace mini_llm {

struct SafetensorsFile {
  std::map<std::string, std::string> metadata;  // the header's __metadata__
  std::map<std::string, Tensor> tensors;        // float32, copied out of the file
};

/// A file to be written: its first bytes, and the tensors whose values follow them in order. Kept in two,
/// because a large model's second copy is better made by whoever takes the bytes.
struct SafetensorsOutput {
  std::string header;
  StateDict tensors;

  std::uint64_t size() const;
  std::string bytes() const;
};

/// Float32 tensors in the order given; the metadata always gets "format": "pt".
SafetensorsOutput write_safetensors(std::map<std::string, std::string> metadata, const StateDict& tensors);

/// Reads a file, trusting nothing in it. Throws std::invalid_argument with a sentence that says what is
/// wrong.
SafetensorsFile read_safetensors(std::string_view bytes);
/// The metadata alone, without a look at the tensors.
std::map<std::string, std::string> read_safetensors_metadata(std::string_view bytes);

}  // namespace mini_llm
