#pragma once
// LoRA adapters: the factors that a LoRA run has trained, without the base model, under PEFT's names.
#include <string_view>

#include "io/checkpoint.h"

namespace mini_llm {

/// The factors A and B of a checkpoint. Throws std::invalid_argument if it has none.
FileOutput save_adapter(std::string_view checkpoint);

/// Merges an adapter into the model that it was trained on, which gives the same bits as the run's weights.
/// Throws std::invalid_argument and leaves the model unchanged if they do not fit.
void apply_adapter(const LoadedModel& model, std::string_view adapter);

}  // namespace mini_llm
