#pragma once
// One 128-bit SIMD type for every platform, and a pair of it. The compilers' vector extension provides loads,
// stores and arithmetic on SSE, NEON and WebAssembly, so kernels are written once and round alike everywhere.
// This file adds what the extension lacks.
#include <cstddef>
#include <cstdint>
#include <cstring>

#if defined(__wasm_simd128__)
#include <wasm_simd128.h>
#elif defined(__SSE2__)
#include <emmintrin.h>
#endif

namespace mini_llm {

using f32x4 = float __attribute__((vector_size(16)));
using i32x4 = std::int32_t __attribute__((vector_size(16)));
using i16x8 = std::int16_t __attribute__((vector_size(16)));
using i8x8 = std::int8_t __attribute__((vector_size(8)));
// typedef, because Clang ignores the alignment in an alias declaration, and then reads only at multiples
// of 16.
typedef float f32x4_unaligned __attribute__((vector_size(16), aligned(4), may_alias));
typedef std::int8_t i8x8_unaligned __attribute__((vector_size(8), aligned(1), may_alias));

inline f32x4 load(const float* p) { return *reinterpret_cast<const f32x4_unaligned*>(p); }
inline void store(float* p, f32x4 v) { *reinterpret_cast<f32x4_unaligned*>(p) = v; }
template <class V>
inline V splat_as(float x) {
  return x - V{};  // not x + V{}, which would lose the sign of -0
}
inline f32x4 splat(float x) { return splat_as<f32x4>(x); }

/// A constant for use in loops: V8 makes a vector constant anew at every use, in several instructions, and
/// does not see that this is one.
template <class T>
inline T constant(T x) {
#if defined(__wasm_simd128__)
  asm("" : "+r"(x));
#endif
  return x;
}

/// A pointer that the compiler does not compute from others, for wide builds: a base with constant offsets,
/// or one that no other shares.
template <class T>
inline T* opaque(T* p) {
#if defined(MINI_LLM_WIDE)
  asm("" : "+r"(p));
#endif
  return p;
}

/// Two adjacent f32x4, which some engines pack into one 256-bit register (MINI_LLM_WIDE).
using f32x8 = float __attribute__((vector_size(32)));
typedef float f32x8_unaligned __attribute__((vector_size(32), aligned(4), may_alias));

inline f32x8 load8(const float* p) { return *reinterpret_cast<const f32x8_unaligned*>(p); }
inline void store(float* p, f32x8 v) {
  // All loads before, no load between the two stores: otherwise engines cannot pack them.
  asm volatile("" ::: "memory");
  *reinterpret_cast<f32x8_unaligned*>(p) = v;
}
inline f32x4 low(f32x8 v) { return __builtin_shufflevector(v, v, 0, 1, 2, 3); }
inline f32x4 high(f32x8 v) { return __builtin_shufflevector(v, v, 4, 5, 6, 7); }
/// f of the low halves and of the high ones.
template <class F, class... V>
inline f32x8 by_halves(const F& f, V... v) {
  return __builtin_shufflevector(f(low(v)...), f(high(v)...), 0, 1, 2, 3, 4, 5, 6, 7);
}

/// Eight int8 as int16.
inline i16x8 load_widened(const std::int8_t* p) {
#if defined(__wasm_simd128__)
  return (i16x8)wasm_i16x8_load8x8(p);
#elif defined(__SSE2__)
  const __m128i eight = _mm_loadl_epi64(reinterpret_cast<const __m128i*>(p));
  return (i16x8)_mm_srai_epi16(_mm_unpacklo_epi8(eight, eight), 8);
#else
  return __builtin_convertvector(*reinterpret_cast<const i8x8_unaligned*>(p), i16x8);
#endif
}
/// Two int16, four times.
inline i16x8 splat_pair(const std::int16_t* p) {
  std::int32_t both;
  std::memcpy(&both, p, sizeof both);
  return (i16x8)i32x4{both, both, both, both};
}
/// a0·b0 + a1·b1, a2·b2 + a3·b3 and so on, exact.
inline i32x4 dot_pairs(i16x8 a, i16x8 b) {
#if defined(__wasm_simd128__)
  return (i32x4)wasm_i32x4_dot_i16x8((v128_t)a, (v128_t)b);
#elif defined(__SSE2__)
  return (i32x4)_mm_madd_epi16((__m128i)a, (__m128i)b);
#else
  i32x4 sums;
  for (int i = 0; i < 4; ++i) sums[i] = a[2 * i] * b[2 * i] + a[2 * i + 1] * b[2 * i + 1];
  return sums;
#endif
}

/// a·b + c. One rounding in the relaxed build (FMA); two in all others, which therefore agree.
inline f32x4 madd(f32x4 a, f32x4 b, f32x4 c) {
#if defined(MINI_LLM_RELAXED)
  return wasm_f32x4_relaxed_madd(a, b, c);
#else
  return a * b + c;
#endif
}

inline float sqrt(float x) { return __builtin_sqrtf(x); }
inline f32x4 sqrt(f32x4 v) {
#if defined(__wasm_simd128__)
  return wasm_f32x4_sqrt(v);
#elif defined(__SSE2__)
  return _mm_sqrt_ps(v);
#else
  return f32x4{__builtin_sqrtf(v[0]), __builtin_sqrtf(v[1]), __builtin_sqrtf(v[2]), __builtin_sqrtf(v[3])};
#endif
}

/// Lane-wise a < b ? b : a and b < a ? b : a: a NaN in a stays.
inline f32x4 max(f32x4 a, f32x4 b) {
#if defined(__wasm_simd128__)
  return wasm_f32x4_pmax(a, b);
#elif defined(__SSE2__)
  return _mm_max_ps(b, a);
#else
  const i32x4 mask = a < b;
  return (f32x4)((mask & (i32x4)b) | (~mask & (i32x4)a));
#endif
}
inline f32x4 min(f32x4 a, f32x4 b) {
#if defined(__wasm_simd128__)
  return wasm_f32x4_pmin(a, b);
#elif defined(__SSE2__)
  return _mm_min_ps(b, a);
#else
  const i32x4 mask = b < a;
  return (f32x4)((mask & (i32x4)b) | (~mask & (i32x4)a));
#endif
}

inline f32x8 sqrt(f32x8 v) {
  return by_halves([](f32x4 half) { return sqrt(half); }, v);
}

inline f32x8 madd(f32x8 a, f32x8 b, f32x8 c) {
  return by_halves([](f32x4 x, f32x4 y, f32x4 z) { return madd(x, y, z); }, a, b, c);
}
inline f32x8 max(f32x8 a, f32x8 b) {
  return by_halves([](f32x4 x, f32x4 y) { return max(x, y); }, a, b);
}
inline f32x8 min(f32x8 a, f32x8 b) {
  return by_halves([](f32x4 x, f32x4 y) { return min(x, y); }, a, b);
}

/// Four rows of four, and their transpose.
struct Block4x4 {
  f32x4 rows[4];
};
inline Block4x4 transposed(const Block4x4& b) {
  const f32x4 low01 = __builtin_shufflevector(b.rows[0], b.rows[1], 0, 4, 1, 5);
  const f32x4 high01 = __builtin_shufflevector(b.rows[0], b.rows[1], 2, 6, 3, 7);
  const f32x4 low23 = __builtin_shufflevector(b.rows[2], b.rows[3], 0, 4, 1, 5);
  const f32x4 high23 = __builtin_shufflevector(b.rows[2], b.rows[3], 2, 6, 3, 7);
  return {{__builtin_shufflevector(low01, low23, 0, 1, 4, 5),
           __builtin_shufflevector(low01, low23, 2, 3, 6, 7),
           __builtin_shufflevector(high01, high23, 0, 1, 4, 5),
           __builtin_shufflevector(high01, high23, 2, 3, 6, 7)}};
}

/// Eight floats, four or one: for_lanes runs the same code with all of them.
struct EightLanes {
  using Vector = f32x8;
  static constexpr std::size_t kCount = 8;
  static f32x8 load(const float* p) { return load8(p); }
  static void store(float* p, f32x8 v) { mini_llm::store(p, v); }
};
struct FourLanes {
  using Vector = f32x4;
  static constexpr std::size_t kCount = 4;
  static f32x4 load(const float* p) { return mini_llm::load(p); }
  static void store(float* p, f32x4 v) { mini_llm::store(p, v); }
};
struct OneLane {
  static float load(const float* p) { return *p; }
  static void store(float* p, float v) { *p = v; }
};

#if defined(MINI_LLM_WIDE)
using WidestLanes = EightLanes;
#else
using WidestLanes = FourLanes;
#endif

/// f(lanes, i) for i from `begin` on, as many elements at a time as are left: eight in wide builds, four,
/// then one. `lanes` loads and stores that many floats.
template <class F>
inline void for_lanes(std::size_t begin, std::size_t end, const F& f) {
  std::size_t i = begin;
  for (; i + WidestLanes::kCount <= end; i += WidestLanes::kCount) f(WidestLanes(), i);
  if constexpr (WidestLanes::kCount > 4)
    for (; i + 4 <= end; i += 4) f(FourLanes(), i);
  for (; i < end; ++i) f(OneLane(), i);
}
template <class F>
inline void for_lanes(std::size_t n, const F& f) {
  for_lanes(0, n, f);
}

/// x *= factor.
inline void scale(float* x, std::size_t n, float factor) {
  for_lanes(n, [=](auto lanes, std::size_t i) { lanes.store(x + i, lanes.load(x + i) * factor); });
}

/// The sum of the four lanes in the order (0+2)+(1+3) on every platform.
inline float sum_lanes(f32x4 v) { return (v[0] + v[2]) + (v[1] + v[3]); }
/// The sum of f(lanes, i) as for_lanes calls it: of each lane, then of the four lanes, then of the rest.
template <class F>
inline float sum_over(std::size_t n, const F& f) {
  f32x4 sum = splat(0);
  std::size_t i = 0;
  for (; i + 4 <= n; i += 4) sum = sum + f(FourLanes(), i);
  float total = sum_lanes(sum);
  for (; i < n; ++i) total += f(OneLane(), i);
  return total;
}
inline float max_lanes(f32x4 v) {
  const float a = v[0] > v[2] ? v[0] : v[2];
  const float b = v[1] > v[3] ? v[1] : v[3];
  return a > b ? a : b;
}

}  // namespace mini_llm
