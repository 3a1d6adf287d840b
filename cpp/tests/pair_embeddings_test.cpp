// Embeddings from pairs of tokens, of texts whose structure is known.
#include "train/pair_embeddings.h"

#include <algorithm>
#include <cmath>

#include "kernels/random.h"
#include "tests/trainer_runs.h"

namespace mini_llm {
namespace {

constexpr float kDeviation = 0.16f;
constexpr std::size_t kWidth = 4;

/// Tokens 0 and 1 stand before 2 and 3 and these before 4 and 5, in every combination; 6 never occurs.
std::vector<Token> text_of_kinds() {
  std::vector<Token> text;
  for (std::uint32_t i = 0; i < 600; ++i) {
    const auto bits = philox(1, Stream::batch, 0, i);
    for (std::uint32_t kind = 0; kind < 3; ++kind) text.push_back(2 * kind + bits[kind] % 2);
  }
  return text;
}

double dot(const std::vector<float>& rows, std::size_t a, std::size_t b, std::size_t width = kWidth) {
  double sum = 0;
  for (std::size_t i = 0; i < width; ++i) sum += double{rows[a * width + i]} * rows[b * width + i];
  return sum;
}

double cosine(const std::vector<float>& rows, std::size_t a, std::size_t b, std::size_t width = kWidth) {
  return dot(rows, a, b, width) / std::sqrt(dot(rows, a, a, width) * dot(rows, b, b, width));
}

TEST(PairEmbeddings, TokensWithTheSameNeighborsAreAlike) {
  // Of three kinds of tokens, three eigenvectors tell the kinds apart.
  const auto rows = pair_embeddings(text_of_kinds(), 7, 3, kDeviation, 1);
  for (std::size_t kind = 0; kind < 3; ++kind) EXPECT_GT(cosine(rows, 2 * kind, 2 * kind + 1, 3), 0.99);
  for (const auto& [a, b] : {std::pair{0UL, 2UL}, {1UL, 4UL}, {3UL, 5UL}})
    EXPECT_LT(std::abs(cosine(rows, a, b, 3)), 0.1);
}

TEST(PairEmbeddings, RowsHaveTheGivenLengthAndUnseenTokensNone) {
  const auto rows = pair_embeddings(text_of_kinds(), 7, kWidth, kDeviation, 1);
  ASSERT_EQ(rows.size(), 7 * kWidth);
  for (std::size_t token = 0; token < 6; ++token)
    EXPECT_NEAR(std::sqrt(dot(rows, token, token)), kDeviation * 2, 1e-4);
  EXPECT_EQ(dot(rows, 6, 6), 0);
}

TEST(PairEmbeddings, DependOnSeedAndTextAlone) {
  const auto text = text_of_kinds();
  const auto rows = pair_embeddings(text, 7, kWidth, kDeviation, 1);
  EXPECT_EQ(pair_embeddings(text, 7, kWidth, kDeviation, 1), rows);
  const auto others = pair_embeddings(text, 7, kWidth, kDeviation, 2);
  EXPECT_NE(others, rows);
  // Another start turns the space and leaves its angles.
  EXPECT_NEAR(cosine(others, 0, 1), cosine(rows, 0, 1), 0.05);
}

TEST(PairEmbeddings, AreFiniteForAnyText) {
  const std::vector<std::vector<Token>> texts = {{},
                                                 {3},
                                                 {3, 3},
                                                 {0, 1},
                                                 std::vector<Token>(50, 2),
                                                 {0, 7, 1, 4'000'000'000}};  // also outside the vocabulary
  for (const auto& text : texts)
    for (const std::size_t width : {1UL, 4UL, 16UL})  // more dimensions than tokens too
      for (const float value : pair_embeddings(text, 7, width, kDeviation, 1))
        ASSERT_TRUE(std::isfinite(value)) << text.size() << " tokens, width " << width;
}

TEST(PairEmbeddings, ARunStartsFromThemUnlessItsEmbeddingsAreRandomOrGiven) {
  const std::string text = test::sample_text(2000);
  TrainOptions options = test::short_run(2);
  options.embedding_init = "random";
  const Trainer random(test::tiny_config(), options, text, "");
  options.embedding_init = "pairs";
  const Trainer pairs(test::tiny_config(), options, text, "");
  const StateDict given = random.model()->state_dict();
  const Trainer continued(test::tiny_config(), options, text, "", byte_tokenizer(), &given);
  const auto largest = [](const Trainer& trainer) {
    const Tensor& table = trainer.model()->token_embeddings();
    return *std::max_element(table.data(), table.data() + table.size());
  };
  EXPECT_LT(largest(random), 0.12f);
  EXPECT_GT(largest(pairs), 0.2f);
  EXPECT_EQ(largest(continued), largest(random));
}

}  // namespace
}  // namespace mini_llm
