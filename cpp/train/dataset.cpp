#include "train/dataset.h"

#include <algorithm>
#include <bit>
#include <stdexcept>
#include <utility>

#include "kernels/random.h"

namespace mini_llm {

Dataset::Dataset(std::vector<Token> tokens, std::optional<std::size_t> validation, std::size_t context,
                 std::size_t stride)
    : tokens_(std::move(tokens)),
      context_(context),
      stride_(stride == 0 ? context : std::min(stride, context)),
      train_size_(tokens_.size()) {
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

namespace {

/// A permutation of [0, n), drawn from the seed and the pass: a Feistel network over the next larger power of
/// four, repeated until the result is below n. It needs no memory, however long the text is.
std::uint64_t permuted(std::uint64_t i, std::uint64_t n, std::uint32_t seed, std::uint64_t pass) {
  const int half_bits = (std::bit_width(n) + 1) / 2;
  const std::uint64_t mask = (std::uint64_t{1} << half_bits) - 1;
  do {
    std::uint64_t left = i >> half_bits, right = i & mask;
    for (std::uint64_t round = 0; round < 4; ++round) {
      const std::uint64_t mixed = philox(seed, Stream::shuffle, pass, round << 32 | right)[0] & mask;
      left = std::exchange(right, left ^ mixed);
    }
    i = left << half_bits | right;
  } while (i >= n);
  return i;
}

}  // namespace

Batch Dataset::train_batch(std::uint32_t seed, std::uint64_t index, std::size_t count) const {
  // One window less than fit, so that the windows of a pass can begin at any of `context` places.
  const std::uint64_t windows = std::max<std::uint64_t>(1, train_size_ / context_ - 1);
  const std::uint64_t places = train_size_ - windows * context_;
  Batch batch;
  for (std::size_t i = 0; i < count; ++i) {
    const std::uint64_t number = index * count + i, pass = number / windows;
    const std::uint64_t first = Rng(seed, Stream::batch, pass).below(places);
    const std::uint64_t window = permuted(number % windows, windows, seed, pass);
    append_window(batch, static_cast<std::size_t>(first + window * context_));
  }
  return batch;
}

std::size_t Dataset::validation_windows(std::size_t wanted) const {
  const std::size_t all = has_validation() ? (tokens_.size() - train_size_ - 1 - context_) / stride_ + 1 : 0;
  return wanted == 0 ? all : std::min(wanted, all);
}

Batch Dataset::validation_batch(std::size_t wanted, std::size_t first, std::size_t count) const {
  Batch batch;
  const std::size_t all = validation_windows(0), chosen = validation_windows(wanted);
  for (std::size_t i = first; i < std::min(first + count, chosen); ++i) {
    const auto window = static_cast<std::size_t>(std::uint64_t{i} * all / chosen);
    append_window(batch, train_size_ + window * stride_);
    const auto seen = static_cast<std::ptrdiff_t>(window == 0 ? 0 : context_ - stride_);
    std::fill_n(batch.targets.end() - static_cast<std::ptrdiff_t>(context_), seen, -1);
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
                     double val_fraction, std::size_t stride) {
  const std::string_view training = training_part(text, val_fraction);
  std::vector<Token> tokens;
  tokens.reserve(text.size());
  tokenizer.encode(training, tokens);
  const std::size_t train_size = tokens.size();
  tokenizer.encode(text.substr(training.size()), tokens);
  if (tokens.size() < tokens.capacity() / 2) tokens.shrink_to_fit();
  const std::size_t validation = tokens.size() - train_size;
  return {std::move(tokens), val_fraction > 0 ? std::optional(validation) : std::nullopt, context, stride};
}

}  // namespace mini_llm
