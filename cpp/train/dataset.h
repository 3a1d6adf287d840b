#pragma once
// The text as tokens, split into a training part and a validation part at the end, and windows of both.
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "text/tokenizer.h"

namespace mini_llm {

/// `count` windows of T tokens: inputs [count·T] and, one token later, targets [count·T].
struct Batch {
  std::vector<std::int32_t> inputs, targets;
  std::size_t count = 0;
};

class Dataset {
 public:
  /// Keeps the last `validation` tokens, if given, for validation, in windows that begin `stride` tokens
  /// apart; 0, and context or more: side by side. Windows that overlap count each token once, with at least
  /// context - stride tokens before it. If one of the parts would be too short,
  /// all tokens are for training and `note` says so. Throws std::invalid_argument if even that is too short.
  Dataset(std::vector<Token> tokens, std::optional<std::size_t> validation, std::size_t context,
          std::size_t stride = 0);

  std::span<const Token> training_tokens() const { return {tokens_.data(), train_size_}; }
  bool has_validation() const { return train_size_ < tokens_.size(); }
  const std::string& note() const { return note_; }

  /// `count` windows of the training part, a function of seed and index alone. The windows of the batches in
  /// order make passes over the text: each pass takes all of it in a new order, cut at new places.
  Batch train_batch(std::uint32_t seed, std::uint64_t index, std::size_t count) const;

  /// The first window of the text.
  Batch first_window() const;

  /// The number of windows in an evaluation of at most `wanted` (0: all), and up to `count` of them from
  /// number `first` on. They are evenly spaced over the validation part, and no token is a target twice: the
  /// targets that the window before has are -1.
  std::size_t validation_windows(std::size_t wanted) const;
  Batch validation_batch(std::size_t wanted, std::size_t first, std::size_t count) const;

 private:
  void append_window(Batch& batch, std::size_t start) const;

  std::vector<Token> tokens_;
  std::size_t context_;
  std::size_t stride_;  // of validation windows
  std::size_t train_size_;
  std::string note_;
};

/// The text without the last val_fraction of its bytes. The split does not depend on the tokenizer, so losses
/// compare.
std::string_view training_part(std::string_view text, double val_fraction);

/// Encodes both parts.
Dataset make_dataset(const Tokenizer& tokenizer, std::string_view text, std::size_t context,
                     double val_fraction, std::size_t stride = 0);

}  // namespace mini_llm
