#include "io/file_output.h"

namespace mini_llm {

void FileOutput::append(std::string bytes) {
  auto owned = std::make_shared<const std::string>(std::move(bytes));
  const std::string_view view = *owned;
  append(view, std::move(owned));
}

void FileOutput::append(std::string_view bytes, std::shared_ptr<const void> owner) {
  chunks_.push_back({bytes, std::move(owner)});
}

std::uint64_t FileOutput::size() const {
  std::uint64_t n = 0;
  for (const Chunk& chunk : chunks_) n += chunk.bytes.size();
  return n;
}

std::string FileOutput::bytes() const {
  std::string result;
  result.reserve(static_cast<std::size_t>(size()));
  for (const Chunk& chunk : chunks_) result += chunk.bytes;
  return result;
}

}  // namespace mini_llm
