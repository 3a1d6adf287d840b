#pragma once
// The headers that most of the core includes, compiled once (CMakeLists.txt). No file relies on them: each includes what it uses.
#include <algorithm>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include "tensor/tensor.h"
