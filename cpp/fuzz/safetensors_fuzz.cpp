// Any bytes are refused with a sentence or read; what was read is written and read again unchanged.
#include "io/safetensors.h"

#include <cstring>

#include "fuzz/fuzz.h"
#include "fuzz/safetensors_mutator.h"
#include "io/arrays.h"

using namespace mini_llm;

extern "C" std::size_t LLVMFuzzerCustomMutator(std::uint8_t* data, std::size_t size, std::size_t max_size,
                                               unsigned seed) {
  return fuzz::mutate_safetensors(data, size, max_size, seed);
}

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  SafetensorsFile file;
  if (!fuzz::accepts([&] { file = read_safetensors(fuzz::text_of(data, size)); })) return 0;
  const StateDict tensors(file.tensors.begin(), file.tensors.end());
  const SafetensorsFile again = read_safetensors(write_safetensors(file.metadata, tensors).bytes());
  file.metadata["format"] = "pt";
  fuzz::require(again.metadata == file.metadata, "metadata survive a round trip");
  fuzz::require(again.tensors.size() == file.tensors.size(), "every tensor survives a round trip");
  for (const auto& [name, tensor] : file.tensors) {
    const Tensor& read = again.tensors.at(name);
    fuzz::require(read.shape() == tensor.shape() && bytes_of(read) == bytes_of(tensor),
                  "tensors survive a round trip");
  }
  return 0;
}
