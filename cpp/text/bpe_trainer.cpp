#include "text/bpe_trainer.h"

#include <algorithm>
#include <chrono>
#include <stdexcept>

#include "schema/field.h"
#include "text/split.h"

namespace mini_llm {

namespace {

// The text is read in pieces of kPiece bytes. From a text of more than 32 MB, kMostPieces evenly spread
// pieces are read.
constexpr std::size_t kPiece = 1 << 16;
constexpr std::size_t kMostPieces = 512;
/// Limits memory, in bytes of distinct words. A novel has about a twentieth of this.
constexpr std::size_t kMostWordBytes = 2 << 20;
/// A rarer pair is not worth a token.
constexpr std::uint32_t kLeastCount = 2;

}  // namespace

BpeTrainer::BpeTrainer(std::string text, std::size_t vocab_size)
    : text_(std::move(text)),
      wanted_(vocab_size - Tokenizer::kBytes),
      pieces_(std::min((text_.size() + kPiece - 1) / kPiece, kMostPieces)) {
  const std::string problem = problem_of("vocab_size", static_cast<double>(vocab_size),
                                         between(Tokenizer::kBytes + 1, Tokenizer::kLargestVocabulary), true);
  if (!problem.empty()) throw std::invalid_argument(problem);
}

bool BpeTrainer::advance(double max_ms) {
  using Clock = std::chrono::steady_clock;
  const auto end = Clock::now() + std::chrono::duration<double, std::milli>(max_ms);
  while (!done_) {
    step();
    if (Clock::now() >= end) break;
  }
  return done_;
}

double BpeTrainer::progress() const {
  if (done_) return 1;
  const auto share = [](std::size_t n, std::size_t of) {
    return of == 0 ? 1 : static_cast<double>(n) / static_cast<double>(of);
  };
  return 0.5 * share(piece_, pieces_) + 0.5 * share(merges_.size(), wanted_);
}

void BpeTrainer::step() {
  if (piece_ < pieces_)
    count_piece();
  else if (symbols_.empty())
    make_symbols();
  else
    merge_most_frequent();
}

void BpeTrainer::count_piece() {
  const auto begin_of = [&](std::size_t piece) {
    return static_cast<std::size_t>(std::uint64_t{piece} * text_.size() / pieces_);
  };
  const std::size_t begin = begin_of(piece_);
  std::string_view rest =
      std::string_view(text_).substr(begin, std::min(kPiece, begin_of(piece_ + 1) - begin));
  ++piece_;
  while (!rest.empty()) {
    // Longer words are cut: no token is longer.
    const std::string_view word = rest.substr(0, std::min(word_length(rest), Tokenizer::kLongestToken));
    rest.remove_prefix(word.size());
    count(word);
  }
}

void BpeTrainer::count(std::string_view word) {
  std::uint32_t number = words_.find(word);
  if (number == WordTable::kNone) {
    if (word_bytes_ + word.size() > kMostWordBytes) return;
    word_bytes_ += word.size();
    number = words_.add(word);
    word_counts_.push_back(0);
  }
  ++word_counts_[number];
}

/// Turns the words into symbols and finds their pairs of bytes.
void BpeTrainer::make_symbols() {
  symbols_.reserve(word_bytes_);
  for (std::uint32_t number = 0; number < words_.size(); ++number) {
    const std::string_view word = words_[number];
    const auto first = static_cast<std::uint32_t>(symbols_.size());
    for (std::uint32_t i = 0; i < word.size(); ++i)
      symbols_.push_back({i == 0 ? kNone : first + i - 1, i + 1 == word.size() ? kNone : first + i + 1,
                          word_counts_[number], static_cast<unsigned char>(word[i]), false});
  }
  for (std::uint32_t place = 0; place < symbols_.size(); ++place)
    if (symbols_[place].next != kNone) push_new_pair(place);
  add_new_pairs();
  done_ = symbols_.empty();
  words_ = {};
  word_counts_ = {};
  text_ = {};
}

void BpeTrainer::merge_most_frequent() {
  while (!queue_.empty()) {
    std::pop_heap(queue_.begin(), queue_.end());
    const Queued top = queue_.back();
    queue_.pop_back();
    const Pair pair = pairs_[pair_indices_.find(top.pair)];
    if (pair.count == top.count) {
      merge(top.pair, pair);
      done_ = merges_.size() == wanted_;
      return;
    }
    if (pair.count < kLeastCount) continue;
    queue_.push_back({pair.count, top.pair});  // fewer than when it was queued
    std::push_heap(queue_.begin(), queue_.end());
  }
  done_ = true;
}

void BpeTrainer::merge(TokenPair pair, const Pair& occurrences) {
  const auto token = static_cast<Token>(Tokenizer::kBytes + merges_.size());
  merges_.push_back(pair);
  std::vector<std::uint32_t> joined;
  for (std::uint32_t i = occurrences.begin; i < occurrences.end; ++i) {
    const std::uint32_t place = places_[i];
    Symbol& left = symbols_[place];
    if (left.is_removed || left.token != pair.first || left.next == kNone) continue;
    Symbol& right = symbols_[left.next];
    if (right.token != pair.second) continue;
    if (left.previous != kNone) remove_pair(left.previous, place);
    if (right.next != kNone) remove_pair(left.next, right.next);
    left.token = token;
    left.next = right.next;
    right.is_removed = true;
    if (left.next != kNone) symbols_[left.next].previous = place;
    joined.push_back(place);
  }
  // After all merges: a merged symbol's neighbor may be merged after it.
  for (const std::uint32_t place : joined) {
    const Symbol& symbol = symbols_[place];
    if (symbol.previous != kNone && symbols_[symbol.previous].token != token) push_new_pair(symbol.previous);
    if (symbol.next != kNone) push_new_pair(place);
  }
  add_new_pairs();
}

/// Takes this place, which is about to change, out of its pair's count.
void BpeTrainer::remove_pair(std::uint32_t left, std::uint32_t right) {
  const std::uint32_t number = pair_indices_.find({symbols_[left].token, symbols_[right].token});
  if (number != PairTable::kNone) pairs_[number].count -= symbols_[left].count;
}

/// Notes the new pair of this symbol and the next.
void BpeTrainer::push_new_pair(std::uint32_t left) {
  const TokenPair pair = {symbols_[left].token, symbols_[symbols_[left].next].token};
  new_pairs_.emplace_back(pair, left);
}

/// Adds the new pairs that are frequent enough to be merged.
void BpeTrainer::add_new_pairs() {
  std::make_heap(new_pairs_.begin(), new_pairs_.end());
  std::sort_heap(new_pairs_.begin(), new_pairs_.end());
  for (std::size_t i = 0; i < new_pairs_.size();) {
    const TokenPair pair = new_pairs_[i].first;
    const std::size_t first = i;
    std::uint32_t count = 0;
    for (; i < new_pairs_.size() && new_pairs_[i].first == pair; ++i)
      count += symbols_[new_pairs_[i].second].count;
    if (count < kLeastCount) continue;
    const auto begin = static_cast<std::uint32_t>(places_.size());
    for (std::size_t at = first; at < i; ++at) places_.push_back(new_pairs_[at].second);
    pair_indices_.add(pair, static_cast<std::uint32_t>(pairs_.size()));
    pairs_.push_back({count, begin, static_cast<std::uint32_t>(places_.size())});
    queue_.push_back({count, pair});
    std::push_heap(queue_.begin(), queue_.end());
  }
  new_pairs_.clear();
}

}  // namespace mini_llm
