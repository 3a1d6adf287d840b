#pragma once
#include <string>

namespace mini_llm {

/// Every field of the options and events as JSON, from which web/engine/generate-core-types.mjs makes
/// TypeScript's tables and types: {"options": {"TrainOptions": [{"name", "type", "default", "min", "max"},
/// …], …}, "events": {"TrainEvent": [{"name", "type"}, …], …}}. A type is int, float, bool, string, strings,
/// bytes, choice (with "choices") or another struct's, e.g. "SampleBytes[]".
std::string describe_core();

}  // namespace mini_llm
