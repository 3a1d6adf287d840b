#pragma once
// Mutates safetensors files. Without it hardly an input gets past the stated length of the header, which no
// longer fits once a byte is inserted or removed.
#include <algorithm>
#include <cstring>
#include <string>

extern "C" std::size_t LLVMFuzzerMutate(std::uint8_t* data, std::size_t size, std::size_t max_size);

namespace mini_llm::fuzz {

/// Mutates the header and states its new length, or mutates the tensors, or any bytes.
inline std::size_t mutate_safetensors(std::uint8_t* data, std::size_t size, std::size_t max_size,
                                      unsigned seed) {
  constexpr std::size_t kLength = sizeof(std::uint64_t);
  if (size < kLength || seed % 8 == 0) return LLVMFuzzerMutate(data, size, max_size);
  std::uint64_t stated = 0;
  std::memcpy(&stated, data, kLength);
  const auto header = static_cast<std::size_t>(std::min<std::uint64_t>(stated, size - kLength));
  std::uint8_t* const tensors = data + kLength + header;
  const std::size_t tensors_size = size - kLength - header;
  if (seed % 8 == 1)
    return kLength + header + LLVMFuzzerMutate(tensors, tensors_size, max_size - kLength - header);
  const std::string kept(reinterpret_cast<const char*>(tensors), tensors_size);
  const std::uint64_t mutated = LLVMFuzzerMutate(data + kLength, header, max_size - kLength - tensors_size);
  std::memcpy(data, &mutated, kLength);
  std::memcpy(data + kLength + mutated, kept.data(), kept.size());
  return kLength + mutated + kept.size();
}

}  // namespace mini_llm::fuzz
