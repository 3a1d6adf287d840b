#pragma once
// The text as tokens, split into a part to train on and a last part to validate on, and the windows drawn
// from both.
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
  /// Throws std::invalid_argument when the text is too short to train on. Where only the validation part
  /// would be, everything is trained on and `note` says so.
  Dataset(std::vector<Token> tokens, std::size_t context, double val_fraction);

  bool has_validation() const { return !(tokens_.size() == train_size_); }
  const std::string& note() const { return note_; }

  /// `count` random windows of the training part: a function of seed and index alone.
  Batch train_batch(std::uint32_t seed, std::uint64_t index, std::size_t count) const;

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

}  // namespace mini_llm
