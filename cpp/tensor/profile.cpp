#include "tensor/profile.h"

#include <algorithm>
#include <string_view>

namespace mini_llm {

void Profile::add(const Cost& cost, ProfilePass pass, double seconds) {
  auto row = std::find_if(rows_.begin(), rows_.end(),
                          [&](const Row& r) { return r.pass == pass && std::string_view(r.op) == cost.op; });
  if (row == rows_.end()) row = rows_.insert(row, Row{cost.op, pass});
  ++row->calls;
  row->seconds += seconds;
  row->flops += cost.flops;
  row->bytes += cost.bytes;
}

ProfileScope::ProfileScope(Profile* profile, const Cost& cost, ProfilePass pass)
    : profile_(profile), cost_(cost), pass_(pass) {
  if (profile_ != nullptr) start_ = Clock::now();
}

ProfileScope::~ProfileScope() {
  if (profile_ != nullptr)
    profile_->add(cost_, pass_, std::chrono::duration<double>(Clock::now() - start_).count());
}

}  // namespace mini_llm
