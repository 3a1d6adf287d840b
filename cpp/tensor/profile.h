#pragma once
// Profiling: each operation's calls, time and work.
#include <array>
#include <chrono>
#include <cstdint>
#include <vector>

#include "schema/field.h"

namespace mini_llm {

/// The cost of one call: floating-point operations if arithmetic bounds its speed, otherwise bytes read and
/// written.
struct Cost {
  const char* op;
  double flops = 0;
  double bytes = 0;

  Cost times(double factor) const { return {op, flops * factor, bytes * factor}; }
};

/// A matrix product: M·N·K multiply-adds.
inline Cost product_cost(const char* op, std::size_t m, std::size_t n, std::size_t k) {
  return {op, 2.0 * static_cast<double>(m) * static_cast<double>(n) * static_cast<double>(k), 0};
}
/// `floats` floats, each read or written once.
inline Cost sweep_cost(const char* op, std::size_t floats) {
  return {op, 0, sizeof(float) * static_cast<double>(floats)};
}

enum class ProfilePass { forward, backward, update };
constexpr std::array<const char*, 3> names_of(ProfilePass) { return {"forward", "backward", "update"}; }

class Profile {
 public:
  struct Row {
    const char* op;
    ProfilePass pass;
    std::uint64_t calls = 0;
    double seconds = 0, flops = 0, bytes = 0;

    template <class Visitor>
    static void describe(Visitor&& field) {
      field("op", &Row::op, any());
      field("pass", &Row::pass, any());
      field("calls", &Row::calls, any());
      field("seconds", &Row::seconds, any());
      field("flops", &Row::flops, any());
      field("bytes", &Row::bytes, any());
    }
  };

  /// Sums for each operation, in the order of their first calls.
  const std::vector<Row>& rows() const { return rows_; }

  void add(const Cost& cost, ProfilePass pass, double seconds);

 private:
  std::vector<Row> rows_;
};

/// Adds the operation that runs in its scope to a profile; `profile` may be null.
class ProfileScope {
 public:
  ProfileScope(Profile* profile, const Cost& cost, ProfilePass pass);
  ~ProfileScope();
  ProfileScope(const ProfileScope&) = delete;
  ProfileScope& operator=(const ProfileScope&) = delete;

 private:
  using Clock = std::chrono::steady_clock;
  Profile* profile_;
  const Cost& cost_;
  ProfilePass pass_;
  Clock::time_point start_;
};

}  // namespace mini_llm
