#pragma once
// The JSON that a file holds besides its tensors, in the safetensors metadata "mini_llm".
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "io/json.h"
#include "train/run_state.h"

namespace mini_llm {

struct FileInfo : RunInfo {
  /// Set in an adapter, which is not a model: the fingerprint of the base matrices that it was trained on.
  std::optional<std::uint32_t> adapter_base;
};

json to_json(const FileInfo& info);
std::map<std::string, std::string> to_metadata(const FileInfo& info);

/// Throws std::invalid_argument with a sentence if the file is damaged or another program wrote it. Does not
/// read the tensors, so that another program's file is reported as such.
FileInfo read_file_info(std::string_view bytes);

/// Throws std::invalid_argument: "This file is not a mini-llm model that this version can read: …".
[[noreturn]] void refuse_file(const std::string& why);

}  // namespace mini_llm
