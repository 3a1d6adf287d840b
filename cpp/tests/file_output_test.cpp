// Files to be written: chunks in order, owned or borrowed.
#include "io/file_output.h"

#include "tests/support.h"

namespace mini_llm {
namespace {

TEST(FileOutput, IsItsChunksInOrder) {
  FileOutput file;
  EXPECT_EQ(file.size(), 0U);
  EXPECT_EQ(file.bytes(), "");
  file.append("header ");
  const auto array = std::make_shared<const std::string>("borrowed");
  file.append(std::string_view(*array).substr(0, 6), array);
  file.append(" end");
  EXPECT_EQ(file.size(), 17U);
  EXPECT_EQ(file.bytes(), "header borrow end");
  std::vector<std::string> chunks;
  file.for_each_chunk([&](std::string_view chunk) { chunks.emplace_back(chunk); });
  EXPECT_EQ(chunks, (std::vector<std::string>{"header ", "borrow", " end"}));
}

TEST(FileOutput, BorrowsWithoutCopyingAndKeepsTheOwnerAlive) {
  auto array = std::make_shared<const std::string>("borrowed bytes that are too long for a short string");
  const char* data = array->data();
  FileOutput file;
  file.append(*array, array);
  array.reset();
  file.for_each_chunk([&](std::string_view chunk) { EXPECT_EQ(chunk.data(), data); });
  const FileOutput copy = file;
  file = {};
  EXPECT_EQ(copy.bytes(), "borrowed bytes that are too long for a short string");
}

TEST(FileOutput, TakesAChunkBeforeTheOthers) {
  FileOutput file;
  file.append("one ");
  file.append("two");
  file.prepend("zero ");
  EXPECT_EQ(file.bytes(), "zero one two");
}

TEST(FileOutput, ComputesAChunkWheneverItIsRead) {
  const auto times = std::make_shared<int>(0);
  FileOutput file;
  file.append("head ");
  file.append(6, times, [](const void* source) {
    return "made " + std::to_string(++*const_cast<int*>(static_cast<const int*>(source)));
  });
  EXPECT_EQ(file.size(), 11U);
  EXPECT_EQ(*times, 0);
  EXPECT_EQ(file.bytes(), "head made 1");
  EXPECT_EQ(file.bytes(), "head made 2");
}

}  // namespace
}  // namespace mini_llm
