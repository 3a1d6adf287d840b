#pragma once
// The text as tokens, split into a part to train on and a last part to validate on, and the windows drawn
// from both.
#include <optional>
#include <string>
#include <vector>

#include "text/tokenizer.h"

namespace mini_llm {

/// `count` windows: inputs and, one further on, targets; each count·context long.
struct Batch {
  std::vector<std::int32_t> inputs, targets;
  std::size_t count = 0;
};

class Dataset {
 public:
  /// The last `validation` tokens are to be kept apart, if any are. Throws std::invalid_argument when the
  /// text is too short to train on. Where only the validation part would be, everything is trained on and
  /// `note` says so.
  Dataset(std::vector<Token> tokens, std::optional<std::size_t> validation, std::size_t context);

  bool has_validation() const { return !(tokens_.size() == train_size_); }
  const std::string& note() const { return note_; }

  /// `count` random windows of the training part: a function of seed and index alone.
  Batch train_batch(std::uint32_t seed, std::uint64_t index, std::size_t count) const;

  /// The window that the text begins with.
  Batch first_window() const;

  /// How many windows an evaluation over at most `wanted` (0: all) looks at, and those from `first` on, at
  /// most `count`: evenly spaced over the validation part, never overlapping.
  std::size_t validation_windows(std::size_t wanted) const;
  Batch validation_batch(std::size_t wanted, std::size_t first, std::size_t count) const;

 private:
  void append_window(Batch& batch, std::size_t start) const;

  std::vector<Token> tokens_;
  std::size_t context_;
  std::size_t train_size_;
  std::string note_;
};

/// The text without its last part, val_fraction of its bytes, which is for validation: the same with every
/// tokenizer, so that their losses compare.
std::string_view training_part(std::string_view text, double val_fraction);

/// Both parts as tokens.
Dataset make_dataset(const Tokenizer& tokenizer, std::string_view text, std::size_t context,
                     double val_fraction);

}  // namespace mini_llm
