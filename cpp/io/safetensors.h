#pragma once
// The safetensors format (huggingface/safetensors): u64 header length, a JSON header, then the tensors'
// bytes.
#include <map>
#include <string>
#include <string_view>

#include "io/file_output.h"
#include "nn/module.h"

namespace mini_llm {

struct SafetensorsFile {
  std::map<std::string, std::string> metadata;  // the header's __metadata__
  std::map<std::string, Tensor> tensors;        // float32, copied out of the file
};

/// Writes float32 tensors in the given order; the metadata always gets "format": "pt". The output shares the
/// tensors: take its bytes before they change.
FileOutput write_safetensors(std::map<std::string, std::string> metadata, const StateDict& tensors);

/// Reads an untrusted file. Throws std::invalid_argument with a sentence that says what is wrong.
SafetensorsFile read_safetensors(std::string_view bytes);
/// Reads the metadata alone and leaves the tensors unchecked.
std::map<std::string, std::string> read_safetensors_metadata(std::string_view bytes);

}  // namespace mini_llm
