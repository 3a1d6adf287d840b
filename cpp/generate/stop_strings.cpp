#include "generate/stop_strings.h"

#include <algorithm>

namespace mini_llm {

StopStrings::StopStrings(std::vector<std::string> strings) : strings_(std::move(strings)) {
  std::erase_if(strings_, [](const std::string& s) { return s.empty(); });
  for (const std::string& s : strings_) longest_ = std::max(longest_, s.size());
  waiting_.reserve(longest_);
}

bool StopStrings::take(std::string_view bytes, std::string& out) {
  for (const char byte : bytes) {
    waiting_ += byte;
    const std::size_t stop = complete();
    const std::size_t released = waiting_.size() - (stop > 0 ? stop : begun());
    out.append(waiting_, 0, released);
    waiting_.erase(0, released);
    if (stop > 0) return true;
  }
  return false;
}

void StopStrings::finish(std::string& out) {
  out += waiting_;
  waiting_.clear();
}

/// The length of the longest stop string at the end of waiting_, or 0.
std::size_t StopStrings::complete() const {
  std::size_t size = 0;
  for (const std::string& s : strings_)
    if (waiting_.ends_with(s)) size = std::max(size, s.size());
  return size;
}

/// The length of the longest end of waiting_ that may begin a stop string.
std::size_t StopStrings::begun() const {
  for (std::size_t n = std::min(longest_, waiting_.size()); n > 0; --n) {
    const std::string_view end = std::string_view(waiting_).substr(waiting_.size() - n);
    for (const std::string& s : strings_)
      if (s.starts_with(end)) return n;
  }
  return 0;
}

}  // namespace mini_llm
