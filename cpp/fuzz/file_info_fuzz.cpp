// The JSON of a model file: options, shape, merges and recipe. Any text is refused with a sentence or read;
// what was read is written and read again unchanged.
#include "io/file_info.h"

#include "fuzz/fuzz.h"
#include "io/safetensors.h"
#include "text/utf8.h"

using namespace mini_llm;

namespace {

/// A file with this JSON and no tensors.
std::string file_of(std::string_view info) {
  return write_safetensors({{"mini_llm", std::string(info)}}, {}).bytes();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text = fuzz::text_of(data, size);
  // A header is UTF-8, as safetensors_fuzz.cpp tests.
  if (next_state(Utf8State::boundary, text) != Utf8State::boundary) return -1;
  FileInfo info;
  if (!fuzz::accepts([&] { info = read_file_info(file_of(text)); })) return 0;
  const std::string written = to_json(info).dump();
  fuzz::require(to_json(read_file_info(file_of(written))).dump() == written,
                "the JSON survives a round trip");
  return 0;
}
