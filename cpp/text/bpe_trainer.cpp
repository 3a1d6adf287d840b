#include "text/bpe_trainer.h"

#include <algorithm>
#include <chrono>
#include <stdexcept>

#include "text/split.h"

namespace mini_llm {

namespace {

/// The text is looked at in pieces; of one of more than 32 MB only so many, evenly spread, which is plenty.
constexpr std::size_t kPiece = 1 << 16;
constexpr std::size_t kMostPieces = 512;
/// Bytes of distinct words that are learnt from: a novel has a twentieth of it, and a text with more of them,
/// which is hardly one, must not take all memory.
constexpr std::size_t kMostWordBytes = 2 << 20;
/// Less often a pair is not worth a token.
constexpr std::uint32_t kLeastCount = 2;

std::uint32_t key(TokenPair pair) { return std::uint32_t{pair.first} << 16 | pair.second; }
TokenPair pair_of(std::uint32_t key) { return {static_cast<Token>(key >> 16), static_cast<Token>(key)}; }

/// Sorts by count; among equals the lowest pair comes first.
std::uint64_t queued(std::uint32_t count, std::uint32_t key) { return std::uint64_t{count} << 32 | ~key; }

}  // namespace

BpeTrainer::BpeTrainer(std::string text, std::size_t vocab_size)
    : text_(std::move(text)),
      wanted_(vocab_size - Tokenizer::kBytes),
      pieces_(std::min((text_.size() + kPiece - 1) / kPiece, kMostPieces)) {
  if (vocab_size <= Tokenizer::kBytes || vocab_size > Tokenizer::kLargestVocabulary)
    throw std::invalid_argument("vocab_size is " + std::to_string(vocab_size) +
                                " but must be from 257 to 32768.");
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
    lay_out();
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
    // No token is longer than what is counted as a word.
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

/// The words as symbols, and all pairs of bytes in them.
void BpeTrainer::lay_out() {
  symbols_.reserve(word_bytes_);
  for (std::uint32_t number = 0; number < words_.size(); ++number) {
    const std::string_view word = words_[number];
    const auto first = static_cast<std::uint32_t>(symbols_.size());
    for (std::uint32_t i = 0; i < word.size(); ++i)
      symbols_.push_back({i == 0 ? kNone : first + i - 1, i + 1 == word.size() ? kNone : first + i + 1,
                          word_counts_[number], static_cast<unsigned char>(word[i]), false});
  }
  for (std::uint32_t place = 0; place < symbols_.size(); ++place)
    if (symbols_[place].next != kNone) found(place);
  add_found();
  done_ = symbols_.empty();
  words_ = {};
  word_counts_ = {};
  text_ = {};
}

void BpeTrainer::merge_most_frequent() {
  while (!queue_.empty()) {
    std::pop_heap(queue_.begin(), queue_.end());
    const auto [count, key] = std::pair(static_cast<std::uint32_t>(queue_.back() >> 32),
                                        ~static_cast<std::uint32_t>(queue_.back()));
    queue_.pop_back();
    const Pair pair = pairs_[numbers_.find(pair_of(key))];
    if (pair.count == count) {
      merge(pair_of(key), pair);
      done_ = merges_.size() == wanted_;
      return;
    }
    if (pair.count < kLeastCount) continue;
    queue_.push_back(queued(pair.count, key));  // it has become less frequent since
    std::push_heap(queue_.begin(), queue_.end());
  }
  done_ = true;
}

void BpeTrainer::merge(TokenPair pair, const Pair& found_at) {
  const auto token = static_cast<Token>(Tokenizer::kBytes + merges_.size());
  merges_.push_back(pair);
  std::vector<std::uint32_t> joined;
  for (std::uint32_t i = found_at.begin; i < found_at.end; ++i) {
    const std::uint32_t place = places_[i];
    Symbol& left = symbols_[place];
    if (left.merged_away || left.token != pair.first || left.next == kNone) continue;
    Symbol& right = symbols_[left.next];
    if (right.token != pair.second) continue;
    if (left.previous != kNone) drop(left.previous, place);
    if (right.next != kNone) drop(left.next, right.next);
    left.token = token;
    left.next = right.next;
    right.merged_away = true;
    if (left.next != kNone) symbols_[left.next].previous = place;
    joined.push_back(place);
  }
  // Only now, since of two that are adjacent the first did not know yet what its neighbour would be.
  for (const std::uint32_t place : joined) {
    const Symbol& symbol = symbols_[place];
    if (symbol.previous != kNone && symbols_[symbol.previous].token != token) found(symbol.previous);
    if (symbol.next != kNone) found(place);
  }
  add_found();
}

/// The pair of these neighbours is about to end.
void BpeTrainer::drop(std::uint32_t left, std::uint32_t right) {
  const std::uint32_t number = numbers_.find({symbols_[left].token, symbols_[right].token});
  if (number != PairTable::kNone) pairs_[number].count -= symbols_[left].count;
}

/// A new pair of this symbol and the next.
void BpeTrainer::found(std::uint32_t left) {
  const TokenPair pair = {symbols_[left].token, symbols_[symbols_[left].next].token};
  found_.push_back(std::uint64_t{key(pair)} << 32 | left);
}

/// Adds the pairs just found, those that are frequent enough ever to be merged.
void BpeTrainer::add_found() {
  std::make_heap(found_.begin(), found_.end());
  std::sort_heap(found_.begin(), found_.end());
  for (std::size_t i = 0; i < found_.size();) {
    const auto key = static_cast<std::uint32_t>(found_[i] >> 32);
    const std::size_t first = i;
    std::uint32_t count = 0;
    for (; i < found_.size() && found_[i] >> 32 == key; ++i)
      count += symbols_[static_cast<std::uint32_t>(found_[i])].count;
    if (count < kLeastCount) continue;
    const auto begin = static_cast<std::uint32_t>(places_.size());
    for (std::size_t at = first; at < i; ++at) places_.push_back(static_cast<std::uint32_t>(found_[at]));
    numbers_.add(pair_of(key), static_cast<std::uint32_t>(pairs_.size()));
    pairs_.push_back({count, begin, static_cast<std::uint32_t>(places_.size())});
    queue_.push_back(queued(count, key));
    std::push_heap(queue_.begin(), queue_.end());
  }
  found_.clear();
}

}  // namespace mini_llm
