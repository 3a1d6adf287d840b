// The safetensors format: files follow the specification, and others are refused.
#include "io/safetensors.h"

#include <nlohmann/json.hpp>

#include "tests/support.h"

namespace mini_llm {
namespace {

using nlohmann::json;

/// A file with the given header and data, right or wrong.
std::string raw_file(const std::string& header, std::size_t data_bytes, std::uint64_t stated_length) {
  std::string file;
  for (int i = 0; i < 8; ++i) file += static_cast<char>(stated_length >> (8 * i));
  return file + header + std::string(data_bytes, '\0');
}
std::string raw_file(const std::string& header, std::size_t data_bytes) {
  return raw_file(header, data_bytes, header.size());
}

std::string refusal(const std::string& file) {
  return test::message_of<std::invalid_argument>([&] { read_safetensors(file); });
}

StateDict some_tensors() {
  return {{"b", test::random_tensor({2, 3}, 1)},
          {"a.weight", test::random_tensor({5}, 2)},
          {"c", test::random_tensor({1, 2, 2}, 3)}};
}

TEST(Safetensors, RoundTrips) {
  const StateDict tensors = some_tensors();
  const SafetensorsFile file =
      read_safetensors(write_safetensors({{"note", "\"quotes\" and ünïcode 한글"}}, tensors).bytes());
  EXPECT_EQ(file.metadata.at("note"), "\"quotes\" and ünïcode 한글");
  EXPECT_EQ(file.metadata.at("format"), "pt");
  ASSERT_EQ(file.tensors.size(), 3U);
  for (const auto& [name, tensor] : tensors) {
    EXPECT_EQ(file.tensors.at(name).shape(), tensor.shape());
    EXPECT_TRUE(test::same_bits(test::values_of(file.tensors.at(name)), test::values_of(tensor)));
  }
}

TEST(Safetensors, IsWrittenAsTheSpecificationSays) {
  for (std::size_t size = 0; size < 8; ++size) {
    const std::string note(size, 'x');
    const std::string file = write_safetensors({{"note", note}}, some_tensors()).bytes();
    std::uint64_t length = 0;
    for (std::size_t i = 0; i < 8; ++i)
      length |= static_cast<std::uint64_t>(static_cast<unsigned char>(file[i])) << (8 * i);
    EXPECT_EQ(length % 8, 0U);
    EXPECT_EQ(file[8], '{');
    const std::string text = file.substr(8, length);
    const json header = json::parse(text);
    EXPECT_EQ(text.find_last_not_of(' '), text.rfind('}')) << "padded with anything but spaces";
    EXPECT_EQ(header["__metadata__"], (json{{"format", "pt"}, {"note", note}}));
    std::uint64_t end = 0;
    for (const auto& [name, tensor] : some_tensors()) {
      const json& entry = header.at(name);
      EXPECT_EQ(entry.size(), 3U);
      EXPECT_EQ(entry["dtype"], "F32");
      EXPECT_EQ(entry["shape"], std::vector<std::size_t>(tensor.shape().begin(), tensor.shape().end()));
      EXPECT_EQ(entry["data_offsets"], (json{end, end + 4 * tensor.size()}));
      const auto* bytes = reinterpret_cast<const char*>(tensor.data());
      EXPECT_EQ(file.substr(8 + length + end, 4 * tensor.size()), std::string(bytes, 4 * tensor.size()));
      end += 4 * tensor.size();
    }
    EXPECT_EQ(file.size(), 8 + length + end);
  }
}

TEST(Safetensors, TheOrderOfTheHeaderDoesNotMatter) {
  const SafetensorsFile file = read_safetensors(raw_file(
      R"({"z":{"data_offsets":[0,4],"shape":[1],"dtype":"F32"},"a":{"dtype":"F32","shape":[],"data_offsets":[4,8]}})",
      8));
  EXPECT_EQ(file.tensors.size(), 2U);
  EXPECT_EQ(file.tensors.at("a").size(), 1U);
}

TEST(Safetensors, AcceptsAFileWithoutTensorsAndTensorsWithoutElements) {
  EXPECT_TRUE(read_safetensors(raw_file("{}", 0)).tensors.empty());
  EXPECT_TRUE(read_safetensors(write_safetensors({}, {}).bytes()).tensors.empty());
  const auto file =
      read_safetensors(raw_file(R"({"a":{"dtype":"F32","shape":[0,7],"data_offsets":[0,0]}})", 0));
  EXPECT_EQ(file.tensors.at("a").size(), 0U);
}

TEST(Safetensors, RefusesAWrongSize) {
  const std::string file = write_safetensors({}, some_tensors()).bytes();
  for (std::size_t n = 0; n < file.size(); ++n) refusal(file.substr(0, n));
  refusal(file + "x");
}

TEST(Safetensors, RefusesAnAbsurdHeader) {
  for (const std::uint64_t length : {std::uint64_t{3}, std::uint64_t{100'000'001}, std::uint64_t{1} << 32,
                                     (std::uint64_t{1} << 32) + 2, std::uint64_t{1} << 63, ~std::uint64_t{0}})
    EXPECT_NE(refusal(raw_file("{}", 0, length)).find(std::to_string(length)), std::string::npos);
  for (const std::string header :
       {"", " {}", "[]", "null", "{", "{}x", "{\"a\":}", "{'a':1}", "\xff\xfe", "{\"\xff\":1}"})
    refusal(raw_file(header, 0));
}

TEST(Safetensors, RefusesKeysThatAppearTwice) {
  const std::string entry = R"({"dtype":"F32","shape":[1],"data_offsets":[0,4]})";
  EXPECT_NE(refusal(raw_file("{\"a\":" + entry + ",\"a\":" + entry + "}", 4)).find("\"a\" twice"),
            std::string::npos);
  refusal(raw_file(R"({"a":{"dtype":"F32","shape":[1],"shape":[2],"data_offsets":[0,4]}})", 4));
  refusal(raw_file(R"({"__metadata__":{"x":"1","x":"2"}})", 0));
  // Two objects may have the same key.
  EXPECT_NO_THROW(read_safetensors(raw_file(R"({"__metadata__":{"a":"1"},"a":)" + entry + "}", 4)));
}

TEST(Safetensors, RefusesHolesOverlapsAndOffsetsThatDoNotFit) {
  const auto two = [](const std::string& first, const std::string& second) {
    return R"({"a":{"dtype":"F32","shape":[1],"data_offsets":)" + first +
           R"(},"b":{"dtype":"F32","shape":[1],"data_offsets":)" + second + "}}";
  };
  EXPECT_NO_THROW(read_safetensors(raw_file(two("[0,4]", "[4,8]"), 8)));
  refusal(raw_file(two("[0,4]", "[8,12]"), 12));  // a hole
  refusal(raw_file(two("[4,8]", "[8,12]"), 12));  // a hole at the start
  refusal(raw_file(two("[0,4]", "[0,4]"), 4));    // the same place
  refusal(raw_file(two("[0,4]", "[2,6]"), 6));    // overlapping
  refusal(raw_file(two("[0,4]", "[4,8]"), 12));   // more data than tensors
  refusal(raw_file(two("[4,0]", "[4,8]"), 8));    // backwards
  refusal(raw_file(two("[0,8]", "[8,12]"), 12));  // not the shape's size
  refusal(raw_file(two("[-4,0]", "[0,4]"), 4));
  refusal(raw_file(two("[0.5,4.5]", "[4,8]"), 8));
  refusal(raw_file(two("[0]", "[4,8]"), 8));
  refusal(raw_file(two("[18446744073709551612,18446744073709551616]", "[0,4]"), 4));
  refusal(raw_file(two("[18446744073709551608,18446744073709551612]", "[0,4]"), 4));
}

TEST(Safetensors, RefusesShapesThatOverflow) {
  const auto shaped = [](const std::string& shape, const std::string& end) {
    return raw_file(R"({"a":{"dtype":"F32","data_offsets":[0,)" + end + R"(],"shape":)" + shape + "}}", 4);
  };
  refusal(shaped("[4611686018427387904]", "0"));  // 2^62 · 4 bytes = 2^64
  refusal(shaped("[4611686018427387905]", "4"));  // and one element more
  refusal(shaped("[4294967296,4294967296]", "0"));
  refusal(shaped("[4294967296,1073741824]", "0"));
  refusal(shaped("[18446744073709551615]", "4"));
  refusal(shaped("[-1]", "4"));
  refusal(shaped("[1.0]", "4"));
  refusal(shaped("[1,1,1,1,1,1,1,1,1]", "4"));
  refusal(shaped("1", "4"));
}

TEST(Safetensors, RefusesOtherTypesAndEntriesOfAnotherForm) {
  for (const std::string type : {"\"F16\"", "\"BF16\"", "\"I64\"", "\"f32\"", "32", "null"})
    refusal(raw_file(R"({"a":{"shape":[1],"data_offsets":[0,4],"dtype":)" + type + "}}", 4));
  for (const std::string entry :
       {"1", "[]", "{}", R"({"dtype":"F32","shape":[1]})", R"({"dtype":"F32","data_offsets":[0,4]})"})
    refusal(raw_file("{\"a\":" + entry + "}", 4));
  for (const std::string metadata : {"1", "[]", R"({"x":1})", R"({"x":{"y":"z"}})"})
    refusal(raw_file("{\"__metadata__\":" + metadata + "}", 0));
}

TEST(Safetensors, DeepNestingIsNoWayToTheStacksEnd) {
  const std::size_t depth = 1000000;
  refusal(raw_file("{\"a\":" + std::string(depth, '[') + std::string(depth, ']') + "}", 0));
  std::string objects;
  for (std::size_t i = 0; i < depth / 10; ++i) objects += "{\"a\":";
  refusal(raw_file(objects + "1" + std::string(depth / 10, '}'), 0));
}

}  // namespace
}  // namespace mini_llm
