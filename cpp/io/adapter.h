#pragma once
// LoRA adapters: what a run with LoRA has learned, without the model that it began with, under PEFT's names.
#include <string_view>

#include "io/checkpoint.h"

namespace mini_llm {

/// The factors A and B of a checkpoint. Throws std::invalid_argument if it has none.
FileOutput save_adapter(std::string_view checkpoint);

/// Merges an adapter into the model that it was made for, which gives the run's weights bit by bit. Throws
/// std::invalid_argument and leaves the model as it is if they do not fit.
void apply_adapter(const LoadedModel& model, std::string_view adapter);

}  // namespace mini_llm
