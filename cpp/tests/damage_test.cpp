// Truncated and randomly altered files are read or refused with a sentence.
#include "io/checkpoint.h"
#include "kernels/random.h"
#include "tests/support.h"
#include "tests/trainer_runs.h"

namespace mini_llm {
namespace {

/// The smallest possible file of a run.
std::string small_file() {
  TrainOptions options = test::short_run(1);
  options.grad_accum = 1;
  const auto tokenizer = std::make_shared<const Tokenizer>(std::vector<TokenPair>{{'o', 'v'}, {256, 'e'}});
  Trainer trainer({"gpt2", tokenizer->vocab_size(), 4, 1, 1, 2}, options, test::sample_text(100), "sha",
                  tokenizer);
  test::run_all(trainer);
  return test::saved(trainer);
}

/// Reads the file in every way and returns whether it was refused, which must be by a sentence.
bool refused(const std::string& file) {
  try {
    describe_checkpoint(file);
    test::resume(file, test::short_run(1), test::sample_text(100), "sha");
    return false;
  } catch (const std::invalid_argument& error) {
    EXPECT_TRUE(test::is_sentence(error.what()));
    return true;
  }
}

TEST(Damage, AFileCutShortIsRefused) {
  const std::string file = small_file();
  EXPECT_FALSE(refused(file));
  for (std::size_t n = 0; n < file.size(); n += n < 64 ? 1 : 13) ASSERT_TRUE(refused(file.substr(0, n))) << n;
  EXPECT_TRUE(refused(file.substr(0, file.size() - 1)));
}

TEST(Damage, FlippedBitsNeverDoMoreThanBeRefused) {
  const std::string file = small_file();
  Rng rng(1, Stream::batch);
  std::size_t refusals = 0;
  for (int i = 0; i < 1500; ++i) {
    std::string damaged = file;
    for (std::uint64_t flips = 1 + rng.below(3); flips > 0; --flips)
      damaged[rng.below(7000)] ^= static_cast<char>(1 << rng.below(8));  // the header, mostly
    refusals += refused(damaged);
    ASSERT_FALSE(::testing::Test::HasFailure()) << "at " << i;
  }
  EXPECT_GT(refusals, 500U);
}

TEST(Damage, BytesReplacedInsertedAndRemovedNeverDoMoreThanBeRefused) {
  const std::string file = small_file();
  const std::string interesting = std::string("{}[]\",:0123456789-.eE \\u\xff\x00n", 27);
  Rng rng(2, Stream::batch);
  for (int i = 0; i < 1500; ++i) {
    std::string damaged = file;
    const std::size_t at = rng.below(7000);
    const char byte = interesting[rng.below(interesting.size())];
    switch (rng.below(3)) {
      case 0:
        damaged[at] = byte;
        break;
      case 1:
        damaged.insert(at, 1, byte);
        break;
      default:
        damaged.erase(at, 1 + rng.below(4));
    }
    refused(damaged);
    ASSERT_FALSE(::testing::Test::HasFailure()) << "at " << i;
  }
}

TEST(Damage, NoiseIsRefused) {
  Rng rng(3, Stream::batch);
  for (int i = 0; i < 300; ++i) {
    std::string noise(rng.below(300), '\0');
    for (char& c : noise) c = static_cast<char>(rng.next_u32());
    EXPECT_TRUE(refused(noise));
  }
}

}  // namespace
}  // namespace mini_llm
