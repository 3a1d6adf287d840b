#include "train/pair_embeddings.h"

#include <algorithm>
#include <cmath>

#include "kernels/gemm.h"
#include "kernels/math.h"
#include "kernels/random.h"

namespace mini_llm {

namespace {

/// More of a text would change little and cost time.
constexpr std::size_t kMostTokens = std::size_t{1} << 20;
/// Multiplications by the matrix, each of which turns random vectors towards its leading eigenvectors. More
/// than these were not seen to learn better.
constexpr int kIterations = 4;

/// An entry of P.
struct Pair {
  Token first, second;
  float surprise;
};

/// The pairs of the vocabulary that are more frequent than chance, each once. A token outside it stops the
/// first step, with a sentence.
std::vector<Pair> surprising_pairs(std::span<const Token> text, std::size_t vocabulary) {
  std::vector<std::uint64_t> keys;
  std::vector<double> firsts(vocabulary), seconds(vocabulary);
  for (std::size_t i = 0; i + 1 < std::min(text.size(), kMostTokens); ++i) {
    if (std::max(text[i], text[i + 1]) >= vocabulary) continue;
    keys.push_back(std::uint64_t{text[i]} << 32 | text[i + 1]);
    ++firsts[text[i]];
    ++seconds[text[i + 1]];
  }
  const std::size_t count = keys.size();
  std::sort(keys.begin(), keys.end());
  std::vector<Pair> pairs;
  for (std::size_t begin = 0, end = 0; begin < count; begin = end) {
    end = begin;
    while (end < count && keys[end] == keys[begin]) ++end;
    const auto first = static_cast<Token>(keys[begin] >> 32), second = static_cast<Token>(keys[begin]);
    const double expected = firsts[first] * seconds[second] / static_cast<double>(count);
    // Adding one to both keeps pairs that were seen once by chance small.
    const double surprise = log((static_cast<double>(end - begin) + 1) / (expected + 1));
    if (surprise > 0) pairs.push_back({first, second, static_cast<float>(surprise)});
  }
  return pairs;
}

/// to += factor·from.
void add_row(float* to, const float* from, float factor, std::size_t width) {
  for (std::size_t i = 0; i < width; ++i) to[i] += factor * from[i];
}

/// (P·Pᵀ + Pᵀ·P)·x, for x [vocabulary, width].
std::vector<float> multiply(const std::vector<Pair>& pairs, const std::vector<float>& x, std::size_t width) {
  std::vector<float> neighbors(x.size()), product(x.size());
  for (const auto& [first, second, surprise] : pairs)
    add_row(&neighbors[second * width], &x[first * width], surprise, width);
  for (const auto& [first, second, surprise] : pairs)
    add_row(&product[first * width], &neighbors[second * width], surprise, width);
  std::fill(neighbors.begin(), neighbors.end(), 0.0f);
  for (const auto& [first, second, surprise] : pairs)
    add_row(&neighbors[first * width], &x[second * width], surprise, width);
  for (const auto& [first, second, surprise] : pairs)
    add_row(&product[second * width], &neighbors[first * width], surprise, width);
  return product;
}

/// The lower triangle of L, with L·Lᵀ = a [n, n]. A pivot that is not positive, as of dependent columns,
/// gives a column of zeros.
std::vector<double> cholesky(const std::vector<float>& a, std::size_t n) {
  std::vector<double> l(n * n);
  for (std::size_t j = 0; j < n; ++j)
    for (std::size_t i = j; i < n; ++i) {
      double sum = a[i * n + j];
      for (std::size_t k = 0; k < j; ++k) sum -= l[i * n + k] * l[j * n + k];
      const double pivot = l[j * n + j];
      if (i == j)
        l[i * n + j] = sum > 1e-6 * a[i * n + i] ? std::sqrt(sum) : 0;
      else
        l[i * n + j] = pivot > 0 ? sum / pivot : 0;
    }
  return l;
}

/// Makes the columns of x [rows, width] orthonormal: x := x·L⁻ᵀ, with L·Lᵀ = xᵀ·x.
void orthonormalize(std::vector<float>& x, std::size_t width) {
  const std::size_t rows = x.size() / width;
  std::vector<float> gram(width * width);
  gemm({gram.data(), width}, transposed(x.data(), width), row_major(x.data(), width), width, width, rows);
  const std::vector<double> l = cholesky(gram, width);
  for (std::size_t row = 0; row < rows; ++row) {
    float* values = &x[row * width];
    for (std::size_t j = 0; j < width; ++j) {
      double sum = values[j];
      for (std::size_t k = 0; k < j; ++k) sum -= l[j * width + k] * values[k];
      const double pivot = l[j * width + j];
      values[j] = pivot > 0 ? static_cast<float>(sum / pivot) : 0;
    }
  }
}

/// Scales each row to `length`; rows shorter than a tenth of the usual stay as much shorter.
void normalize_rows(std::vector<float>& x, std::size_t width, float length) {
  const std::size_t rows = x.size() / width;
  const double least = 0.1 * std::sqrt(static_cast<double>(width) / static_cast<double>(rows));
  for (std::size_t row = 0; row < rows; ++row) {
    float* values = &x[row * width];
    double squares = 0;
    for (std::size_t i = 0; i < width; ++i) squares += double{values[i]} * values[i];
    const auto scale = static_cast<float>(length / std::max(std::sqrt(squares), least));
    for (std::size_t i = 0; i < width; ++i) values[i] *= scale;
  }
}

}  // namespace

std::vector<float> pair_embeddings(std::span<const Token> text, std::size_t vocabulary, std::size_t width,
                                   float deviation, std::uint32_t seed) {
  std::vector<float> x(vocabulary * width);
  if (text.size() < 2) return x;
  const std::vector<Pair> pairs = surprising_pairs(text, vocabulary);
  Rng rng(seed, Stream::pairs);
  std::generate(x.begin(), x.end(), [&] { return rng.normal(); });
  for (int i = 0; i < kIterations; ++i) {
    x = multiply(pairs, x, width);
    orthonormalize(x, width);
  }
  normalize_rows(x, width, deviation * std::sqrt(static_cast<float>(width)));
  return x;
}

}  // namespace mini_llm
