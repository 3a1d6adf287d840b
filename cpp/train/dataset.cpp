#include "train/dataset.h"

#include <algorithm>
#include <stdexcept>

#include "kernels/random.h"

namespace mini_llm {

Dataset::Dataset(std::vector<Token> tokens, std::optional<std::size_t> validation, std::size_t context)
    : tokens_(std::move(tokens)), context_(context), train_size_(tokens_.size()) {
  if (tokens_.empty())
    throw std::invalid_argument("The training text is empty; give some text to learn from.");
  if (tokens_.size() < context + 1)
    throw std::invalid_argument("The training text has " + std::to_string(tokens_.size()) +
                                " tokens, too few for a context of " + std::to_string(context) +
                                ": give at least " + std::to_string(context + 1) +
                                " or choose a smaller seq_len.");
  if (!validation) return;
  if (*validation < context + 1 || tokens_.size() - *validation < context + 1) {
    note_ = "The text is too short to set " + std::to_string(*validation) +
            " tokens aside for validation with a context of " + std::to_string(context) +
            ", so all of it is trained on and no validation loss is shown.";
    return;
  }
  train_size_ = tokens_.size() - *validation;
}

void Dataset::append_window(Batch& batch, std::size_t start) const {
  const auto begin = tokens_.begin() + static_cast<std::ptrdiff_t>(start);
  const auto length = static_cast<std::ptrdiff_t>(context_);
  batch.inputs.insert(batch.inputs.end(), begin, begin + length);
  batch.targets.insert(batch.targets.end(), begin + 1, begin + 1 + length);
  ++batch.count;
}

Batch Dataset::train_batch(std::uint32_t seed, std::uint64_t index, std::size_t count) const {
  Batch batch;
  Rng rng(seed, Stream::batch, index);
  for (std::size_t i = 0; i < count; ++i) append_window(batch, rng.below(train_size_ - context_));
  return batch;
}

std::size_t Dataset::validation_windows(std::size_t wanted) const {
  const std::size_t all = has_validation() ? (tokens_.size() - train_size_ - 1) / context_ : 0;
  return wanted == 0 ? all : std::min(wanted, all);
}

Batch Dataset::validation_batch(std::size_t wanted, std::size_t first, std::size_t count) const {
  Batch batch;
  const std::size_t all = validation_windows(0), chosen = validation_windows(wanted);
  for (std::size_t i = first; i < std::min(first + count, chosen); ++i) {
    const auto window = static_cast<std::size_t>(std::uint64_t{i} * all / chosen);
    append_window(batch, train_size_ + window * context_);
  }
  return batch;
}

Batch Dataset::first_window() const {
  Batch batch;
  append_window(batch, 0);
  return batch;
}

std::string_view training_part(std::string_view text, double val_fraction) {
  return text.substr(0,
                     text.size() - static_cast<std::size_t>(static_cast<double>(text.size()) * val_fraction));
}

Dataset make_dataset(const Tokenizer& tokenizer, std::string_view text, std::size_t context,
                     double val_fraction) {
  const std::string_view training = training_part(text, val_fraction);
  std::vector<Token> tokens;
  tokens.reserve(text.size());
  tokenizer.encode(training, tokens);
  const std::size_t train_size = tokens.size();
  tokenizer.encode(text.substr(training.size()), tokens);
  if (tokens.size() < tokens.capacity() / 2) tokens.shrink_to_fit();
  const std::size_t validation = tokens.size() - train_size;
  return {std::move(tokens), val_fraction > 0 ? std::optional(validation) : std::nullopt, context};
}

}  // namespace mini_llm
