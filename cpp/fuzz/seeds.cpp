// Writes the inputs that the fuzzers begin with: mini_llm_fuzz_seeds FOLDER makes FOLDER/TARGET/NAME.
#include <filesystem>
#include <fstream>

#include "fuzz/small_run.h"
#include "io/adapter.h"
#include "io/checkpoint.h"
#include "io/file_info.h"
#include "io/safetensors.h"

using namespace mini_llm;

namespace {

std::filesystem::path folder;

void write(const char* target, const std::string& name, std::string_view bytes) {
  std::filesystem::create_directories(folder / target);
  std::ofstream(folder / target / name, std::ios::binary)
      .write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
}

void write_run(const char* arch, std::size_t lora_rank) {
  const auto trainer = fuzz::small_trainer(lora_rank, arch);
  while (trainer->progress().step < 1) trainer->advance(1e9);
  const std::string file = save_checkpoint(trainer->state()).bytes();
  const std::string name = std::string(arch) + (lora_rank > 0 ? "-lora" : "");
  write("checkpoint", name, file);
  write("safetensors", name, file);
  write("file_info", name, read_safetensors(file).metadata.at("mini_llm"));
  if (lora_rank > 0) write("checkpoint", name + "-adapter", save_adapter(file).bytes());
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 2) return std::fputs("usage: mini_llm_fuzz_seeds FOLDER\n", stderr), 1;
  folder = argv[1];
  for (const char* arch : {"gpt2", "qwen3"})
    for (const std::size_t lora_rank : {0, 1}) write_run(arch, lora_rank);
  write("safetensors", "empty", write_safetensors({}, {}).bytes());
  write("bpe", "fable", "\x10" + std::string(fuzz::kCorpus));
  write("tokenizer", "fable", std::string("\x02o\0v\0\0\1e\0", 9) + std::string(fuzz::kCorpus));
}
