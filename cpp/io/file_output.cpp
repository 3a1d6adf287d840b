#include "io/file_output.h"

#include <algorithm>

namespace mini_llm {

void FileOutput::append(std::string bytes) {
  auto owned = std::make_shared<const std::string>(std::move(bytes));
  const std::string_view view = *owned;
  append(view, std::move(owned));
}

void FileOutput::prepend(std::string bytes) {
  append(std::move(bytes));
  std::rotate(chunks_.begin(), chunks_.end() - 1, chunks_.end());
}

void FileOutput::append(std::string_view bytes, std::shared_ptr<const void> owner) {
  chunks_.push_back({bytes.size(), bytes, std::move(owner), nullptr});
}

void FileOutput::append(std::uint64_t size, std::shared_ptr<const void> source, Make make) {
  chunks_.push_back({size, {}, std::move(source), make});
}

std::uint64_t FileOutput::size() const {
  std::uint64_t n = 0;
  for (const Chunk& chunk : chunks_) n += chunk.size;
  return n;
}

std::string FileOutput::bytes() const {
  std::string result;
  result.reserve(static_cast<std::size_t>(size()));
  for_each_chunk([&](std::string_view chunk) { result += chunk; });
  return result;
}

}  // namespace mini_llm
