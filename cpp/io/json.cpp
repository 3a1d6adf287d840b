#include "io/json.h"

#include <vector>

namespace mini_llm {

namespace {

/// Far more than files need. Copying and writing a value recurse, and WebAssembly's stack is small.
constexpr std::size_t kDeepest = 64;

/// Builds a value from the parser's events; the library dictates the names (json_sax). Its own builder with a
/// callback could check keys too, but compiles to several times the code.
class Builder {
 public:
  explicit Builder(json& root) : root_(root) {}
  const std::string& wrong() const { return wrong_; }

  bool null() { return add(nullptr); }
  bool boolean(bool value) { return add(value); }
  bool number_integer(std::int64_t value) { return add(value); }
  bool number_unsigned(std::uint64_t value) { return add(value); }
  bool number_float(double value, const std::string&) { return add(value); }
  bool string(std::string& value) { return add(std::move(value)); }
  bool start_object(std::size_t) { return open(json::object()); }
  bool end_object() { return close(); }
  bool start_array(std::size_t) { return open(json::array()); }
  bool end_array() { return close(); }
  bool key(std::string& name) {
    const auto [place, is_new] = parents_.back()->get_ref<json::object_t&>().try_emplace(std::move(name));
    at_ = &place->second;
    return is_new || fail("names \"" + place->first + "\" twice");
  }
  bool binary(json::binary_t&) { return fail("is not valid JSON"); }
  bool parse_error(std::size_t, const std::string&, const json::exception&) {
    return fail("is not valid JSON");
  }

 private:
  bool fail(std::string why) {
    wrong_ = std::move(why);
    return false;
  }
  bool add(json value) {
    if (parents_.empty())
      at_ = &root_;
    else if (parents_.back()->is_array())
      at_ = &parents_.back()->emplace_back();
    *at_ = std::move(value);
    return true;
  }
  bool open(json value) {
    if (parents_.size() == kDeepest) return fail("is nested too deeply");
    add(std::move(value));
    parents_.push_back(at_);
    return true;
  }
  bool close() {
    parents_.pop_back();
    return true;
  }

  json& root_;
  json* at_ = nullptr;          // the last value or, after a key, the place of the next
  std::vector<json*> parents_;  // the open objects and arrays
  std::string wrong_;
};

}  // namespace

std::string parse_object(std::string_view text, json& object) {
  Builder builder(object);
  if (!json::sax_parse(text.begin(), text.end(), &builder)) return builder.wrong();
  return object.is_object() ? "" : "is not a JSON object";
}

}  // namespace mini_llm
