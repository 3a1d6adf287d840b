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

/// An entry of P: the pointwise mutual information of two adjacent tokens.
struct Pair {
  Token first, second;
  float pmi;
};

/// The pairs of the vocabulary that are more frequent than chance, each once. A token outside it stops the
/// first step, with a sentence.
std::vector<Pair> positive_pmi_pairs(std::span<const Token> text, std::size_t vocabulary) {
  const std::size_t most = std::min(text.size(), kMostTokens) - 1;
  std::vector<std::uint64_t> keys;
  keys.reserve(most);
  std::vector<double> firsts(vocabulary), seconds(vocabulary);
  for (std::size_t i = 0; i < most; ++i) {
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
    const double pmi = log((static_cast<double>(end - begin) + 1) / (expected + 1));
    if (pmi > 0) pairs.push_back({first, second, static_cast<float>(pmi)});
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
  for (const auto& [first, second, pmi] : pairs)
    add_row(&neighbors[second * width], &x[first * width], pmi, width);
  for (const auto& [first, second, pmi] : pairs)
    add_row(&product[first * width], &neighbors[second * width], pmi, width);
  std::fill(neighbors.begin(), neighbors.end(), 0.0f);
  for (const auto& [first, second, pmi] : pairs)
    add_row(&neighbors[first * width], &x[second * width], pmi, width);
  for (const auto& [first, second, pmi] : pairs)
    add_row(&product[second * width], &neighbors[first * width], pmi, width);
  return product;
}

/// The upper triangle U, with Uᵀ·U = a [n, n]. A column that depends on those before it gets a row of zeros.
std::vector<double> cholesky(const std::vector<float>& a, std::size_t n) {
  std::vector<double> u(a.begin(), a.end());
  for (std::size_t k = 0; k < n; ++k) {
    double* row = &u[k * n];
    const double pivot = row[k] > 1e-6 * a[k * n + k] ? std::sqrt(row[k]) : 0;
    row[k] = pivot;
    for (std::size_t j = k + 1; j < n; ++j) row[j] = pivot > 0 ? row[j] / pivot : 0;
    for (std::size_t i = k + 1; i < n; ++i)
      for (std::size_t j = i; j < n; ++j) u[i * n + j] -= row[i] * row[j];
  }
  return u;
}

/// Makes the columns of x [rows, width] orthonormal: x := x·U⁻¹, with Uᵀ·U = xᵀ·x.
void orthonormalize(std::vector<float>& x, std::size_t width) {
  const std::size_t rows = x.size() / width;
  std::vector<float> gram(width * width);
  gemm({gram.data(), width}, transposed(x.data(), width), row_major(x.data(), width), width, width, rows);
  const std::vector<double> u = cholesky(gram, width);
  std::vector<double> rest(width);
  for (std::size_t row = 0; row < rows; ++row) {
    float* values = &x[row * width];
    std::copy_n(values, width, rest.begin());
    for (std::size_t k = 0; k < width; ++k) {
      const double* factors = &u[k * width];
      const float value = factors[k] > 0 ? static_cast<float>(rest[k] / factors[k]) : 0;
      values[k] = value;
      for (std::size_t j = k + 1; j < width; ++j) rest[j] -= factors[j] * value;
    }
  }
}

/// Scales each row to `length`. A row shorter than a tenth of the usual length is scaled as one of a tenth.
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
  const std::vector<Pair> pairs = positive_pmi_pairs(text, vocabulary);
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
