#include "generate/stop_strings.h"

#include <algorithm>

namespace mini_llm {

StopStrings::StopStrings(std::vector<std::string> strings) : strings_(std::move(strings)) {
  std::erase_if(strings_, [](const std::string& s) { return s.empty(); });
  std::stable_sort(strings_.begin(), strings_.end(),
                   [](const std::string& a, const std::string& b) { return a.size() > b.size(); });
  if (!strings_.empty()) waiting_.reserve(strings_.front().size());
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

/// The length of the longest stop string that what waits ends with; 0 if there is none.
std::size_t StopStrings::complete() const {
  for (const std::string& s : strings_)
    if (waiting_.ends_with(s)) return s.size();
  return 0;
}

/// How many of the last waiting bytes may be the beginning of a stop string, the most possible.
std::size_t StopStrings::begun() const {
  const std::size_t longest = strings_.empty() ? 0 : strings_.front().size();
  for (std::size_t n = std::min(longest, waiting_.size()); n > 0; --n) {
    const std::string_view end = std::string_view(waiting_).substr(waiting_.size() - n);
    for (const std::string& s : strings_)
      if (s.starts_with(end)) return n;
  }
  return 0;
}

}  // namespace mini_llm
