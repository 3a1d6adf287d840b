#pragma once
// Headers that most of the core includes, precompiled (see CMakeLists.txt). Every file still includes what it
// uses.
#include <algorithm>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include "tensor/tensor.h"
