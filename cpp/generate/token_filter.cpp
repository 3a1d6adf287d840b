#include "generate/token_filter.h"

#include <algorithm>

#include "text/split.h"

namespace mini_llm {

namespace {

/// Where the last word of a text begins.
std::size_t last_word(std::string_view text, Split split) {
  std::size_t begin = 0, at = 0;
  while (at < text.size()) {
    begin = at;
    at += word_length(text.substr(at), split);
  }
  return begin;
}

bool begins_a_longer_token(const Tokenizer& tokenizer, std::string_view bytes) {
  for (std::size_t token = Tokenizer::kBytes; token < tokenizer.first_extra(); ++token) {
    const std::string_view other = tokenizer.decode(static_cast<Token>(token));
    if (other.size() > bytes.size() && other.starts_with(bytes)) return true;
  }
  return false;
}

/// Whether a token may follow in this state. The end of the text follows whole characters only.
bool may_follow(const Tokenizer& tokenizer, std::size_t token, Utf8State state) {
  switch (tokenizer.kind(token)) {
    case ExtraToken::Kind::text:
      return next_state(state, tokenizer.decode(static_cast<Token>(token))) != Utf8State::invalid;
    case ExtraToken::Kind::end:
      return state == Utf8State::boundary;
    case ExtraToken::Kind::special:
    case ExtraToken::Kind::unused:
      break;
  }
  return false;
}

/// Clears a table that excludes nothing or everything.
void clear_if_all_or_none(std::vector<std::uint8_t>& allowed) {
  const auto count = std::count(allowed.begin(), allowed.end(), std::uint8_t{1});
  if (count == 0 || static_cast<std::size_t>(count) == allowed.size()) allowed.clear();
}

}  // namespace

HealedPrompt heal(const Tokenizer& tokenizer, std::string_view prompt) {
  HealedPrompt healed{tokenizer.encode(prompt), {}};
  if (tokenizer.merges().empty() || prompt.empty()) return healed;
  const std::size_t word = last_word(prompt, tokenizer.split());
  std::size_t begin = prompt.size(), count = 0, taken = 0;
  while (count < healed.context.size()) {
    begin -= tokenizer.decode(healed.context[healed.context.size() - ++count]).size();
    if (begin < word || prompt.size() - begin > Tokenizer::kLongestToken) break;
    if (begins_a_longer_token(tokenizer, prompt.substr(begin))) taken = count;
  }
  const auto end = healed.context.end();
  healed.tail.assign(end - static_cast<std::ptrdiff_t>(taken), end);
  healed.context.resize(healed.context.size() - taken);
  return healed;
}

TokenFilter::TokenFilter(TokenizerPtr tokenizer, std::size_t vocab_size)
    : tokenizer_(std::move(tokenizer)), vocab_size_(vocab_size) {
  for (std::size_t state = 0; state < tables_.size(); ++state) {
    tables_[state].resize(vocab_size);
    for (std::size_t token = 0; token < vocab_size; ++token)
      tables_[state][token] = may_follow(*tokenizer_, token, static_cast<Utf8State>(state));
    clear_if_all_or_none(tables_[state]);
  }
}

std::string_view TokenFilter::bytes_of(std::size_t token) const {
  return tokenizer_->decode(static_cast<Token>(token));
}

const std::vector<std::uint8_t>& TokenFilter::table(Utf8State state) const {
  return tables_[static_cast<std::size_t>(state)];
}

std::span<const std::uint8_t> TokenFilter::allowed(Utf8State state) const { return table(state); }

std::span<const std::uint8_t> TokenFilter::allowed(Utf8State state, std::string_view rest, Token token) {
  const std::vector<std::uint8_t>& valid = table(state);
  continuing_.assign(vocab_size_, 0);
  for (std::size_t other = 0; other < vocab_size_; ++other)
    continuing_[other] =
        (valid.empty() || valid[other]) && !is_end(other) && bytes_of(other).starts_with(rest);
  continuing_[token] = 1;
  return continuing_;
}

}  // namespace mini_llm
