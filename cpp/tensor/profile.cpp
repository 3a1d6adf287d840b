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

}  // namespace mini_llm
