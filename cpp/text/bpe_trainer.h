#pragma once
// Learns a tokenizer's merges from a text (Sennrich et al. 2016), in slices: counts the text's distinct
// words, then again and again merges the pair of adjacent tokens that is most frequent in them. The same text
// gives the same merges.
#include <string>
#include <string_view>
#include <vector>

#include "text/tokenizer.h"
#include "text/word_table.h"

namespace mini_llm {

class BpeTrainer {
 public:
  /// Throws std::invalid_argument with a sentence when there cannot be a vocabulary of that size.
  BpeTrainer(std::string text, std::size_t vocab_size);
  BpeTrainer(const BpeTrainer&) = delete;
  BpeTrainer& operator=(const BpeTrainer&) = delete;

  /// Works for about max_ms; true once all is learnt. It ends early, with a smaller vocabulary, when no pair
  /// is left that occurs twice.
  bool advance(double max_ms);
  /// From 0 to 1.
  double progress() const;
  /// With the merges learnt so far.
  Tokenizer tokenizer() const { return Tokenizer(merges_); }

 private:
  static constexpr std::uint32_t kNone = 0xffffffff;
  /// A token at a place in the distinct words, which lie one after the other.
  struct Symbol {
    std::uint32_t previous, next;  // places in the same word, kNone at its ends
    std::uint32_t count;           // how often the word occurs
    Token token;
    bool merged_away;
  };
  /// Two adjacent tokens. All places of a pair are found when the later of the two is made; from then on they
  /// only become fewer.
  struct Pair {
    std::uint32_t count;       // weighed by the words' counts
    std::uint32_t begin, end;  // in places_, where places stay that have become another pair's
  };

  void step();
  void count_piece();
  void count(std::string_view word);
  void lay_out();
  void merge_most_frequent();
  void merge(TokenPair pair, const Pair& found);
  void drop(std::uint32_t left, std::uint32_t right);
  void found(std::uint32_t left);
  void add_found();

  std::string text_;
  std::size_t wanted_;  // merges
  std::size_t pieces_, piece_ = 0;
  WordTable words_;
  std::vector<std::uint32_t> word_counts_;
  std::size_t word_bytes_ = 0;  // of the distinct words

  std::vector<Symbol> symbols_;
  PairTable numbers_;  // of the pairs, in pairs_
  std::vector<Pair> pairs_;
  std::vector<std::uint32_t> places_;
  std::vector<std::uint64_t> queue_;  // a heap of counts and pairs, the most frequent first
  std::vector<std::uint64_t> found_;  // pairs and places that are not in pairs_ yet
  std::vector<TokenPair> merges_;
  bool done_ = false;
};

}  // namespace mini_llm
