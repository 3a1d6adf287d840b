#pragma once
// One 128-bit SIMD type for every platform: the compilers' vector extension gives load, store and arithmetic
// on SSE, NEON and WebAssembly alike, so that the kernels above are written once and round alike everywhere.
// Only what the extension lacks stands here, a row for each platform.
#include <cstdint>

#if defined(__wasm_simd128__)
#include <wasm_simd128.h>
#elif defined(__SSE2__)
#include <emmintrin.h>
#endif

namespace mini_llm {

using f32x4 = float __attribute__((vector_size(16)));
using i32x4 = std::int32_t __attribute__((vector_size(16)));
using f32x4_unaligned = float __attribute__((vector_size(16), aligned(4), may_alias));

inline f32x4 load(const float* p) { return *reinterpret_cast<const f32x4_unaligned*>(p); }
inline void store(float* p, f32x4 v) { *reinterpret_cast<f32x4_unaligned*>(p) = v; }
inline f32x4 splat(float x) { return f32x4{x, x, x, x}; }

/// a·b + c: one rounding in the relaxed build (FMA), two in every other, which is what makes those agree.
inline f32x4 madd(f32x4 a, f32x4 b, f32x4 c) {
#if defined(MINI_LLM_RELAXED)
  return wasm_f32x4_relaxed_madd(a, b, c);
#else
  return a * b + c;
#endif
}

inline f32x4 sqrt(f32x4 v) {
#if defined(__wasm_simd128__)
  return wasm_f32x4_sqrt(v);
#elif defined(__SSE2__)
  return _mm_sqrt_ps(v);
#else
  return f32x4{__builtin_sqrtf(v[0]), __builtin_sqrtf(v[1]), __builtin_sqrtf(v[2]), __builtin_sqrtf(v[3])};
#endif
}

/// Lane-wise: where the mask's lane is all ones take a, else b.
inline f32x4 select(i32x4 mask, f32x4 a, f32x4 b) { return (f32x4)((mask & (i32x4)a) | (~mask & (i32x4)b)); }
inline f32x4 max(f32x4 a, f32x4 b) { return select(a > b, a, b); }
inline f32x4 min(f32x4 a, f32x4 b) { return select(a < b, a, b); }

/// Sums of the four lanes, always in the order (0+2)+(1+3), so that every platform rounds alike.
inline float sum_lanes(f32x4 v) { return (v[0] + v[2]) + (v[1] + v[3]); }
inline float max_lanes(f32x4 v) {
  const float a = v[0] > v[2] ? v[0] : v[2];
  const float b = v[1] > v[3] ? v[1] : v[3];
  return a > b ? a : b;
}

}  // namespace mini_llm
