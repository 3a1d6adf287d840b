#pragma once
// GGUF version 3, which llama.cpp and the programs around it read.
// https://github.com/ggml-org/ggml/blob/master/docs/gguf.md
#include <string>

#include "io/checkpoint.h"

namespace mini_llm {

enum class GgufType { f32, q8_0 };

/// The model with its tokenizer. q8_0 stores the rows of matrices as blocks of 32 int8 numbers with a float16
/// scale; norms, biases, learned positions and rows that are no multiple of 32 stay float32. Shares the
/// model's tensors. Throws std::invalid_argument if the format has no name for the model's activation.
FileOutput write_gguf(const LoadedModel& model, const std::string& name, GgufType type);

}  // namespace mini_llm
