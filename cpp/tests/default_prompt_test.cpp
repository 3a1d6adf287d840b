// What generation continues when there is no prompt.
#include "text/default_prompt.h"

#include <set>

#include "tests/support.h"
#include "text/bpe_trainer.h"

namespace mini_llm {
namespace {

std::string start(std::string_view text, std::uint32_t seed = 1) {
  return make_default_prompt(*byte_tokenizer(), text, seed);
}

std::set<std::string> all_starts(std::string_view text) {
  std::set<std::string> found;
  for (std::uint32_t seed = 0; seed < 100; ++seed) found.insert(start(text, seed));
  return found;
}

TEST(Start, IsTheLineFeedsBeforeALineOfTheText) {
  EXPECT_EQ(all_starts("Anna\nBen\nCleo\n"), std::set<std::string>{"\n"});
  EXPECT_EQ(all_starts("One.\n\nTwo.\n\n\n\nThree."), std::set<std::string>{"\n\n"});
  EXPECT_EQ(all_starts("ROMEO:\nWhat?\n\nJULIET:\nThat."), (std::set<std::string>{"\n", "\n\n"}));
}

TEST(Start, IsTheBeginningOfATextOfOneLine) {
  EXPECT_EQ(start("GATTACA"), "G");
  EXPECT_EQ(start("GATTACA\n"), "G");                            // nothing comes after its line feed
  EXPECT_EQ(start("\xED\x95\x9C\xEA\xB8\x80"), "\xED\x95\x9C");  // a whole character
  EXPECT_EQ(start("\xED\x95"), "\xED\x95");
  EXPECT_EQ(start(" "), " ");
}

TEST(Start, IsTheFirstTokenOfATextOfWords) {
  std::string text;
  for (int i = 0; i < 50; ++i) text += "hello there ";
  BpeTrainer trainer(text, 300);
  while (!trainer.advance(1e9)) continue;
  const Tokenizer tokenizer = trainer.tokenizer();
  EXPECT_EQ(make_default_prompt(tokenizer, text, 1), tokenizer.decode(tokenizer.encode(text)[0]));
  EXPECT_EQ(make_default_prompt(tokenizer, text, 1), "hello");
}

TEST(Start, LineFeedsAreNotShownAndEverythingElseIs) {
  EXPECT_EQ(visible_part("\n"), "");
  EXPECT_EQ(visible_part("\n\n"), "");
  EXPECT_EQ(visible_part("G"), "G");
}

}  // namespace
}  // namespace mini_llm
