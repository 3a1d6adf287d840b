// numpy's archives, byte by byte. In wasm-tests/ numpy reads them.
#include "io/npz.h"

#include <cstring>

#include "tests/support.h"

namespace mini_llm {
namespace {

template <class Number>
Number number_at(const std::string& bytes, std::size_t at) {
  Number value;
  std::memcpy(&value, bytes.data() + at, sizeof value);
  return value;
}

TEST(Npz, IsAZipArchiveOfStoredArrays) {
  const Tensor b = test::random_tensor({2, 3}, 1), a = test::random_tensor({5}, 2);
  const std::string file = write_npz({{"b", b}, {"a.weight", a}}).bytes();

  // The first entry: a header of 30 bytes, its name, and a .npy file.
  EXPECT_EQ(file.substr(0, 10), std::string("PK\x03\x04\x14\0\0\0\0\0", 10));
  EXPECT_EQ(number_at<std::uint16_t>(file, 12), 0x21);  // 1 January 1980
  EXPECT_EQ(number_at<std::uint32_t>(file, 18), 128 + 24U);
  EXPECT_EQ(number_at<std::uint32_t>(file, 22), 128 + 24U);
  EXPECT_EQ(number_at<std::uint16_t>(file, 26), 5);
  EXPECT_EQ(number_at<std::uint16_t>(file, 28), 0);
  EXPECT_EQ(file.substr(30, 5), "b.npy");
  EXPECT_EQ(file.substr(35, 8), std::string("\x93NUMPY\x01\x00", 8));
  EXPECT_EQ(number_at<std::uint16_t>(file, 43), 128 - 10);
  std::string header = "{'descr': '<f4', 'fortran_order': False, 'shape': (2, 3), }";
  header.resize(128 - 10 - 1, ' ');
  EXPECT_EQ(file.substr(45, 118), header + "\n");
  EXPECT_EQ(std::memcmp(file.data() + 163, b.data(), 24), 0);

  // The second one begins where the directory, at the end, says so.
  EXPECT_EQ(file.substr(187, 4), "PK\x03\x04");
  EXPECT_NE(file.find("'shape': (5,), }", 187), std::string::npos);
  const std::size_t end = file.size() - 22;
  EXPECT_EQ(file.substr(end, 4), "PK\x05\x06");
  EXPECT_EQ(number_at<std::uint16_t>(file, end + 8), 2);
  EXPECT_EQ(number_at<std::uint16_t>(file, end + 10), 2);
  const std::size_t directory = number_at<std::uint32_t>(file, end + 16);
  EXPECT_EQ(directory + number_at<std::uint32_t>(file, end + 12), end);
  EXPECT_EQ(file.substr(directory, 4), "PK\x01\x02");
  EXPECT_EQ(file.substr(directory + 6, 24), file.substr(4, 24));
  EXPECT_EQ(number_at<std::uint32_t>(file, directory + 42), 0U);
  EXPECT_EQ(number_at<std::uint32_t>(file, directory + 46 + 5 + 42), 187U);
  EXPECT_EQ(file.substr(directory + 46 + 5 + 46, 12), "a.weight.npy");
}

TEST(Npz, HasTheChecksumsOfZip) {
  // The CRC-32 of this array's file, computed with Python's zlib.
  Tensor ones({3});
  std::fill_n(ones.data(), 3, 1.0f);
  const std::string file = write_npz({{"x", ones}}).bytes();
  EXPECT_EQ(number_at<std::uint32_t>(file, 14), 0xbf327e52U);
}

TEST(Npz, SharesTheTensors) {
  const Tensor tensor = test::random_tensor({4, 4}, 3);
  bool shared = false;
  write_npz({{"x", tensor}}).for_each_chunk([&](std::string_view chunk) {
    shared = shared || chunk.data() == reinterpret_cast<const char*>(tensor.data());
  });
  EXPECT_TRUE(shared);
}

}  // namespace
}  // namespace mini_llm
