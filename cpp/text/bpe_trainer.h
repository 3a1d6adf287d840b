#pragma once
// Learns a tokenizer's merges from a text (Sennrich et al. 2016), in slices: counts the text's distinct
// words, then repeatedly merges their most frequent pair of adjacent tokens. The same text gives the same
// merges.
#include <string>
#include <string_view>
#include <vector>

#include "text/tokenizer.h"
#include "text/word_table.h"

namespace mini_llm {

class BpeTrainer {
 public:
  /// Throws std::invalid_argument with a sentence if no vocabulary can have this size.
  BpeTrainer(std::string text, std::size_t vocab_size);
  BpeTrainer(const BpeTrainer&) = delete;
  BpeTrainer& operator=(const BpeTrainer&) = delete;

  /// Works for about max_ms; true once it is done. Ends early, with a smaller vocabulary, if no pair occurs
  /// twice.
  bool advance(double max_ms);
  /// From 0 to 1.
  double progress() const;
  /// The tokenizer with the merges learned so far.
  Tokenizer tokenizer() const { return Tokenizer(merges_); }

 private:
  static constexpr std::uint32_t kNone = 0xffffffff;
  /// A token in the distinct words, which are concatenated.
  struct Symbol {
    std::uint32_t previous, next;  // indices in the same word, kNone at its ends
    std::uint32_t count;           // how often the word occurs
    Token token;
    bool is_removed;
  };
  /// Two adjacent tokens. All places of a pair are found when its later token is made; after that, places
  /// only disappear.
  struct Pair {
    std::uint32_t count;       // weighted by the words' counts
    std::uint32_t begin, end;  // its range in places_, which also keeps places of former pairs
  };

  /// Orders by count, and the lower pair first among equals.
  struct Queued {
    std::uint32_t count;
    TokenPair pair;
    bool operator<(const Queued& other) const {
      return count != other.count ? count < other.count : pair > other.pair;
    }
  };

  void step();
  void count_piece();
  void count(std::string_view word);
  void make_symbols();
  void merge_most_frequent();
  void merge(TokenPair pair, const Pair& found);
  void remove_pair(std::uint32_t left, std::uint32_t right);
  void push_new_pair(std::uint32_t left);
  void add_new_pairs();

  std::string text_;
  std::size_t wanted_;  // number of merges
  std::size_t pieces_, piece_ = 0;
  WordTable words_;
  std::vector<std::uint32_t> word_counts_;
  std::size_t word_bytes_ = 0;  // sum over the distinct words

  std::vector<Symbol> symbols_;
  PairTable pair_indices_;  // into pairs_
  std::vector<Pair> pairs_;
  std::vector<std::uint32_t> places_;
  std::vector<Queued> queue_;                                   // a heap, the most frequent on top
  std::vector<std::pair<TokenPair, std::uint32_t>> new_pairs_;  // with their places; not in pairs_ yet
  std::vector<TokenPair> merges_;
  bool done_ = false;
};

}  // namespace mini_llm
