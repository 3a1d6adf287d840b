// GGUF files: the head as llama.cpp's reader expects it, and every value. In wasm-tests/ llama.cpp reads
// them.
#include "io/gguf.h"

#include <bit>
#include <cstring>
#include <map>

#include "io/q8_0.h"
#include "tests/support.h"
#include "tests/trainer_runs.h"

namespace mini_llm {
namespace {

/// A parsed file. Values of metadata are kept as text, arrays with commas.
struct Parsed {
  struct Entry {
    std::vector<std::uint64_t> dims;
    std::uint32_t type;
    std::uint64_t offset;
  };
  std::map<std::string, std::string> metadata;
  std::map<std::string, Entry> tensors;
  std::string data;
};

class Reader {
 public:
  explicit Reader(std::string bytes) : bytes_(std::move(bytes)) {}

  Parsed parse() {
    EXPECT_EQ(bytes_.substr(0, 4), "GGUF");
    at_ = 4;
    EXPECT_EQ(number<std::uint32_t>(), 3U);
    const auto tensors = number<std::uint64_t>(), values = number<std::uint64_t>();
    Parsed file;
    for (std::uint64_t i = 0; i < values; ++i) {
      const std::string key = text();
      file.metadata[key] = value(number<std::uint32_t>());
    }
    EXPECT_EQ(file.metadata.size(), values);
    for (std::uint64_t i = 0; i < tensors; ++i) {
      Parsed::Entry& entry = file.tensors[text()];
      entry.dims.resize(number<std::uint32_t>());
      for (std::uint64_t& dim : entry.dims) dim = number<std::uint64_t>();
      entry.type = number<std::uint32_t>();
      entry.offset = number<std::uint64_t>();
      EXPECT_EQ(entry.offset % 32, 0U);
    }
    EXPECT_EQ(file.tensors.size(), tensors);
    file.data = bytes_.substr((at_ + 31) / 32 * 32);
    return file;
  }

 private:
  template <class Number>
  Number number() {
    Number value;
    std::memcpy(&value, bytes_.data() + at_, sizeof value);
    at_ += sizeof value;
    return value;
  }
  std::string text() {
    const auto size = static_cast<std::size_t>(number<std::uint64_t>());
    at_ += size;
    return bytes_.substr(at_ - size, size);
  }
  std::string value(std::uint32_t type) {
    switch (type) {
      case 4:
        return std::to_string(number<std::uint32_t>());
      case 5:
        return std::to_string(number<std::int32_t>());
      case 6:
        return std::to_string(number<float>());
      case 7:
        return number<bool>() ? "true" : "false";
      case 8:
        return text();
      default: {
        EXPECT_EQ(type, 9U);
        const auto items = number<std::uint32_t>();
        std::string all;
        for (auto n = number<std::uint64_t>(); n > 0; --n) all += value(items) + ",";
        return all;
      }
    }
  }

  std::string bytes_;
  std::size_t at_ = 0;
};

Parsed parsed(const LoadedModel& model, GgufType type = GgufType::f32) {
  return Reader(write_gguf(model, "tiny", type).bytes()).parse();
}

test::Floats floats_at(const Parsed& file, const std::string& name) {
  const Parsed::Entry& entry = file.tensors.at(name);
  std::size_t size = 1;
  for (const std::uint64_t dim : entry.dims) size *= static_cast<std::size_t>(dim);
  test::Floats values(size);
  std::memcpy(values.data(), file.data.data() + entry.offset, size * sizeof(float));
  return values;
}

Tensor weight(const LoadedModel& model, const std::string& name) {
  for (const auto& [known, tensor] : model.gpt->state_dict())
    if (known == name) return tensor;
  ADD_FAILURE() << name;
  return {};
}

using Dims = std::vector<std::uint64_t>;

TEST(Gguf, HoldsGpt2WithItsMatricesTransposed) {
  const LoadedModel model{test::tiny_model()};
  const Parsed file = parsed(model);
  const std::map<std::string, std::string> expected = {{"general.architecture", "gpt2"},
                                                       {"general.name", "tiny"},
                                                       {"general.file_type", "0"},
                                                       {"general.quantization_version", "2"},
                                                       {"gpt2.context_length", "16"},
                                                       {"gpt2.embedding_length", "16"},
                                                       {"gpt2.block_count", "2"},
                                                       {"gpt2.feed_forward_length", "64"},
                                                       {"gpt2.attention.head_count", "2"},
                                                       {"gpt2.attention.layer_norm_epsilon", "0.000010"},
                                                       {"tokenizer.ggml.model", "gpt2"},
                                                       {"tokenizer.ggml.pre", "gpt-2"},
                                                       {"tokenizer.ggml.merges", ""},
                                                       {"tokenizer.ggml.add_bos_token", "false"},
                                                       {"tokenizer.ggml.bos_token_id", "255"},
                                                       {"tokenizer.ggml.eos_token_id", "255"}};
  for (const auto& [key, value] : expected) EXPECT_EQ(file.metadata.at(key), value) << key;
  EXPECT_EQ(file.metadata.size(), expected.size() + 2);  // and the tokens with their types
  EXPECT_EQ(file.tensors.size(), 2 + 2 + 2 * 12U);
  EXPECT_EQ(file.tensors.count("output.weight"), 0U);
  EXPECT_EQ(file.tensors.at("token_embd.weight").dims, (Dims{16, 256}));
  EXPECT_EQ(file.tensors.at("position_embd.weight").dims, (Dims{16, 16}));
  EXPECT_EQ(file.tensors.at("blk.1.attn_norm.bias").dims, Dims{16});
  EXPECT_EQ(file.tensors.at("blk.1.attn_qkv.weight").dims, (Dims{16, 48}));
  EXPECT_EQ(file.tensors.at("blk.1.ffn_up.weight").dims, (Dims{16, 64}));
  EXPECT_EQ(file.tensors.at("blk.1.ffn_down.weight").dims, (Dims{64, 16}));
  EXPECT_TRUE(
      test::same_bits(floats_at(file, "token_embd.weight"), test::values_of(weight(model, "wte.weight"))));
  EXPECT_TRUE(
      test::same_bits(floats_at(file, "output_norm.bias"), test::values_of(weight(model, "ln_f.bias"))));
  const Tensor ours = weight(model, "h.1.mlp.c_fc.weight");  // [16, 64]
  const test::Floats theirs = floats_at(file, "blk.1.ffn_up.weight");
  for (std::size_t in = 0; in < 16; ++in)
    for (std::size_t out = 0; out < 64; ++out) EXPECT_EQ(theirs[out * 16 + in], ours.data()[in * 64 + out]);
}

TEST(Gguf, HoldsQwen3AsItIs) {
  const LoadedModel model{test::tiny_model(1, 0, "qwen3")};
  const Parsed file = parsed(model);
  const std::map<std::string, std::string> expected = {
      {"general.architecture", "qwen3"},        {"qwen3.attention.head_count", "2"},
      {"qwen3.attention.head_count_kv", "1"},   {"qwen3.attention.key_length", "8"},
      {"qwen3.attention.value_length", "8"},    {"qwen3.attention.layer_norm_rms_epsilon", "0.000001"},
      {"qwen3.rope.freq_base", "10000.000000"}, {"qwen3.feed_forward_length", "48"}};
  for (const auto& [key, value] : expected) EXPECT_EQ(file.metadata.at(key), value) << key;
  EXPECT_EQ(file.tensors.size(), 2 + 2 * 11U);
  for (const auto& [theirs, ours] : std::map<std::string, std::string>{
           {"token_embd.weight", "model.embed_tokens.weight"},
           {"output_norm.weight", "model.norm.weight"},
           {"blk.0.attn_q.weight", "model.layers.0.self_attn.q_proj.weight"},
           {"blk.0.attn_k_norm.weight", "model.layers.0.self_attn.k_norm.weight"},
           {"blk.1.ffn_norm.weight", "model.layers.1.post_attention_layernorm.weight"},
           {"blk.1.ffn_gate.weight", "model.layers.1.mlp.gate_proj.weight"},
           {"blk.1.ffn_down.weight", "model.layers.1.mlp.down_proj.weight"}})
    EXPECT_TRUE(test::same_bits(floats_at(file, theirs), test::values_of(weight(model, ours)))) << theirs;
}

TEST(Gguf, SpellsTokensAndMergesAsGpt2Does) {
  const auto run = test::bpe_run();
  const Parsed file = parsed(test::model_of(*run));
  EXPECT_EQ(file.metadata.at("tokenizer.ggml.merges"), "o v,ov e,q u,Ġ t,Ġt h,");
  const std::string& tokens = file.metadata.at("tokenizer.ggml.tokens");
  EXPECT_EQ(tokens.substr(0, 8), "Ā,ā,Ă");
  EXPECT_TRUE(tokens.ends_with("þ,ÿ,ov,ove,qu,Ġt,Ġth,"));
  EXPECT_NE(tokens.find("~,ġ,Ģ,"), std::string::npos);
  EXPECT_EQ(file.metadata.at("tokenizer.ggml.token_type").size(), 2 * 261U);
  EXPECT_EQ(file.metadata.at("tokenizer.ggml.eos_token_id"), "255");
}

TEST(Gguf, QuantizesRowsOfWholeBlocksAlone) {
  ModelConfig config = test::tiny_config();
  config.n_embd = 48;
  config.n_inner = 64;
  const auto gpt = std::make_shared<Gpt>(config);
  gpt->initialize(1);
  const Parsed file = parsed({gpt}, GgufType::q8_0);
  EXPECT_EQ(file.metadata.at("general.file_type"), "7");
  for (const auto& [name, entry] : file.tensors)
    EXPECT_EQ(entry.type, name.find("ffn_down.weight") == std::string::npos ? 0U : 8U) << name;
  // With rows of 16 nothing can be quantized.
  EXPECT_EQ(parsed({test::tiny_model(1, 0, "qwen3")}, GgufType::q8_0).metadata.at("general.file_type"), "0");
}

TEST(Gguf, QuantizesEmbeddingsAndMatricesButNoPositions) {
  ModelConfig config = test::tiny_config();
  config.n_embd = 64;
  const auto gpt = std::make_shared<Gpt>(config);
  gpt->initialize(1);
  const LoadedModel model{gpt};
  const Parsed file = parsed(model, GgufType::q8_0);
  for (const auto& [name, entry] : file.tensors) {
    const bool matrix = entry.dims.size() == 2 && !name.starts_with("position_embd");
    EXPECT_EQ(entry.type, matrix ? 8U : 0U) << name;
  }
  const Tensor ours = weight(model, "h.0.attn.c_attn.weight");  // [64, 192]
  const char* blocks = file.data.data() + file.tensors.at("blk.0.attn_qkv.weight").offset;
  for (std::size_t out = 0; out < 192; ++out)
    for (std::size_t in = 0; in < 64; ++in) {
      const char* block = blocks + (out * 64 + in) / 32 * 34;
      std::uint16_t half;
      std::memcpy(&half, block, sizeof half);
      // A normal float16: this initialization's scales are far above 2^-14.
      const float scale = std::bit_cast<float>((static_cast<std::uint32_t>(half) << 13) + (112u << 23));
      const auto number = static_cast<signed char>(block[2 + in % 32]);
      EXPECT_NEAR(scale * static_cast<float>(number), ours.data()[in * 192 + out], 0.51f * scale + 1e-5f);
    }
}

TEST(Gguf, RefusesAnActivationThatTheFormatLacks) {
  ModelConfig config = test::tiny_config();
  config.activation = "swiglu";
  const LoadedModel model{std::make_shared<Gpt>(config)};
  EXPECT_EQ(test::message_of<std::invalid_argument>([&] { write_gguf(model, "", GgufType::f32); }),
            "GGUF has no gpt2 with the activation swiglu, only with gelu; export safetensors instead.");
}

TEST(Float16, IsTheNearestToEven) {
  const std::vector<std::pair<float, int>> cases = {
      {0.0f, 0x0000},         {1.0f, 0x3C00},         {0.1f, 0x2E66},         {65504.0f, 0x7BFF},
      {65519.9f, 0x7BFF},     {65520.0f, 0x7C00},     {0x1p-14f, 0x0400},     {0x1p-24f, 0x0001},
      {0x1p-25f, 0x0000},     {0x1.8p-24f, 0x0002},   {1 + 0x1p-11f, 0x3C00}, {1 + 0x3p-11f, 0x3C02},
      {1 + 0x1p-10f, 0x3C01}, {0x1.ff8p-15f, 0x03FF}, {0x1.ffcp-15f, 0x0400}, {0x1.fffp-15f, 0x0400},
      {1.99999f, 0x4000}};
  for (const auto& [value, half] : cases) EXPECT_EQ(float16_of(value), half) << value;
}

TEST(Q8_0, StoresAScaleAndWholeNumbers) {
  test::Floats row(64, 0.0f);
  row[0] = -2.54f;
  row[1] = 1.0f;
  row[2] = 0.011f;
  std::string bytes;
  put_q8_0(bytes, row);
  ASSERT_EQ(bytes.size(), q8_0_size(64));
  EXPECT_EQ(bytes.substr(0, 6), std::string("\x1f\x25\x81\x32\x01\x00", 6));  // 2.54/127 = 0.02 is 0x251F
  EXPECT_EQ(bytes.substr(34), std::string(34, '\0'));
}

}  // namespace
}  // namespace mini_llm
