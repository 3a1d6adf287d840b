// ONNX files, parsed back by a small reader of Protocol Buffers. In wasm-tests/ onnxruntime runs them.
#include "io/onnx.h"

#include <bit>
#include <cstring>
#include <map>
#include <set>

#include "io/onnx_graph.h"
#include "tests/support.h"

namespace mini_llm {
namespace {

/// The fields of a message: numbers, and bytes of strings and messages, in order.
struct Fields {
  std::map<std::uint64_t, std::vector<std::uint64_t>> numbers;
  std::map<std::uint64_t, std::vector<std::string>> texts;

  std::string text(std::uint64_t field) const { return texts.at(field).at(0); }
  std::uint64_t number(std::uint64_t field) const { return numbers.at(field).at(0); }
};

class Reader {
 public:
  explicit Reader(std::string_view bytes) : bytes_(bytes) {}

  Fields fields() {
    Fields found;
    while (at_ < bytes_.size()) {
      const std::uint64_t key = varint();
      switch (key & 7) {
        case 0:
          found.numbers[key >> 3].push_back(varint());
          break;
        case 2:
          found.texts[key >> 3].push_back(take(static_cast<std::size_t>(varint())));
          break;
        case 5: {
          std::uint32_t value;
          std::memcpy(&value, take(sizeof value).data(), sizeof value);
          found.numbers[key >> 3].push_back(value);
          break;
        }
        default:
          ADD_FAILURE() << "wire type " << (key & 7);
          return found;
      }
    }
    return found;
  }

 private:
  std::uint64_t varint() {
    std::uint64_t value = 0;
    for (int shift = 0;; shift += 7) {
      const auto byte = static_cast<unsigned char>(take(1)[0]);
      value |= std::uint64_t{byte & 0x7Fu} << shift;
      if (byte < 0x80) return value;
    }
  }
  std::string take(std::size_t size) {
    EXPECT_LE(at_ + size, bytes_.size());
    at_ += size;
    return std::string(bytes_.substr(at_ - size, size));
  }

  std::string_view bytes_;
  std::size_t at_ = 0;
};

Fields fields_of(std::string_view bytes) { return Reader(bytes).fields(); }

struct Array {
  std::vector<std::uint64_t> dims;
  std::uint64_t type;
  std::string bytes;
};

/// A parsed file. Dimensions of inputs and outputs are kept as text.
struct Parsed {
  std::map<std::string, Array> weights;
  std::vector<Fields> nodes;
  std::map<std::string, std::string> inputs, outputs;
  Fields file, graph;

  std::vector<std::string> ops() const {
    std::vector<std::string> names;
    for (const Fields& node : nodes) names.push_back(node.text(4));
    return names;
  }
  const Fields& node_of(const std::string& output) const {
    for (const Fields& node : nodes)
      if (node.text(2) == output) return node;
    throw std::out_of_range(output);
  }
};

std::pair<std::string, std::string> declaration(const std::string& value_info) {
  const Fields info = fields_of(value_info), array = fields_of(fields_of(info.text(2)).text(1));
  std::string shape = std::to_string(array.number(1)) + ":";
  const Fields dims = fields_of(array.text(2));
  for (const std::string& dim : dims.texts.at(1)) {
    const Fields size = fields_of(dim);
    shape += " " + (size.texts.contains(2) ? size.text(2) : std::to_string(size.number(1)));
  }
  return {info.text(1), shape};
}

Parsed parsed(const std::string& bytes) {
  Parsed all;
  all.file = fields_of(bytes);
  all.graph = fields_of(all.file.text(7));
  for (const std::string& each : all.graph.texts.at(1)) all.nodes.push_back(fields_of(each));
  for (const std::string& each : all.graph.texts.at(5)) {
    const Fields tensor = fields_of(each);
    const auto dims = tensor.numbers.find(1);
    const bool fresh = all.weights
                           .insert({tensor.text(8),
                                    {dims == tensor.numbers.end() ? Array{}.dims : dims->second,
                                     tensor.number(2), tensor.text(9)}})
                           .second;
    EXPECT_TRUE(fresh) << tensor.text(8);
  }
  for (const std::string& each : all.graph.texts.at(11)) all.inputs.insert(declaration(each));
  for (const std::string& each : all.graph.texts.at(12)) all.outputs.insert(declaration(each));
  return all;
}

Parsed parsed(const Gpt& gpt, OnnxType type = OnnxType::f32) {
  return parsed(write_onnx(gpt, "tiny", type).bytes());
}

template <class Number>
std::vector<Number> numbers_of(const Array& array) {
  std::vector<Number> numbers(array.bytes.size() / sizeof(Number));
  std::memcpy(numbers.data(), array.bytes.data(), array.bytes.size());
  return numbers;
}

/// Every result has one name, and every input of a node was made before it.
void expect_consistent(const Parsed& file) {
  std::set<std::string> known;
  const auto add = [&](const std::string& name) { EXPECT_TRUE(known.insert(name).second) << name; };
  for (const auto& [name, array] : file.weights) {
    add(name);
    std::size_t size = array.type == 1 ? 4 : array.type == 3 ? 1 : 8;
    for (const std::uint64_t dim : array.dims) size *= static_cast<std::size_t>(dim);
    EXPECT_EQ(array.bytes.size(), size) << name;
  }
  for (const auto& [name, shape] : file.inputs) add(name);
  std::set<std::string> used;
  for (const Fields& node : file.nodes) {
    for (const std::string& input : node.texts.at(1)) {
      EXPECT_TRUE(known.contains(input)) << input;
      used.insert(input);
    }
    for (const std::string& output : node.texts.at(2)) add(output);
  }
  for (const auto& [name, shape] : file.outputs) EXPECT_TRUE(known.contains(name)) << name;
  for (const auto& [name, array] : file.weights) EXPECT_TRUE(used.contains(name)) << name;
  for (const auto& [name, shape] : file.inputs) EXPECT_TRUE(used.contains(name)) << name;
}

DEFINE_FOR_EVERY_ARCHITECTURE(OnnxOf);

TEST_P(OnnxOf, EveryWeightOnceAsItIs) {
  const auto gpt = test::tiny_model(1, 0, GetParam());
  const Parsed file = parsed(*gpt);
  expect_consistent(file);
  for (const auto& [name, tensor] : gpt->state_dict()) {
    const Array& array = file.weights.at(name);
    EXPECT_EQ(array.type, 1U);
    EXPECT_TRUE(
        std::equal(array.dims.begin(), array.dims.end(), tensor.shape().begin(), tensor.shape().end()));
    EXPECT_TRUE(test::same_bits(numbers_of<float>(array), test::values_of(tensor))) << name;
  }
  for (const auto& [name, array] : file.weights)
    EXPECT_TRUE(name.starts_with("Constant") ? array.bytes.size() <= 64
                                             : name.ends_with(".weight") || name.ends_with(".bias"))
        << name;
}

TEST_P(OnnxOf, SharesTheTensors) {
  const auto gpt = test::tiny_model(1, 0, GetParam());
  const Tensor tokens = gpt->state_dict()[0].second;
  bool shared = false;
  write_onnx(*gpt, "", OnnxType::f32).for_each_chunk([&](std::string_view chunk) {
    shared = shared || chunk.data() == reinterpret_cast<const char*>(tokens.data());
  });
  EXPECT_TRUE(shared);
}

TEST_P(OnnxOf, DeclaresACacheForEachLayer) {
  ModelConfig config = test::tiny_config(GetParam());
  config.n_head = 4;
  config.n_kv_head = GetParam() == "qwen3" ? 2 : 0;  // 0: as many as n_head
  const Gpt gpt(config);
  const Parsed file = parsed(gpt);
  std::map<std::string, std::string> inputs = {{"input_ids", "7: batch_size sequence_length"},
                                               {"position_ids", "7: batch_size sequence_length"},
                                               {"attention_mask", "7: batch_size total_sequence_length"}};
  std::map<std::string, std::string> outputs = {{"logits", "1: batch_size sequence_length 256"}};
  const std::string heads = std::to_string(gpt.config().n_kv_head);
  for (const char* name : {"0.key", "0.value", "1.key", "1.value"}) {
    inputs[std::string("past_key_values.") + name] = "1: batch_size " + heads + " past_sequence_length 4";
    outputs[std::string("present.") + name] = "1: batch_size " + heads + " total_sequence_length 4";
  }
  EXPECT_EQ(file.inputs, inputs);
  EXPECT_EQ(file.outputs, outputs);
}

TEST_P(OnnxOf, Q8StoresMatricesAsInt8AndTheRestAsFloat) {
  const auto gpt = test::tiny_model(1, 0, GetParam());
  const Parsed file = parsed(*gpt, OnnxType::q8);
  expect_consistent(file);
  for (const auto& [name, tensor] : gpt->state_dict()) {
    if (tensor.shape().size() == 1 || name == "wpe.weight") {
      EXPECT_TRUE(test::same_bits(numbers_of<float>(file.weights.at(name)), test::values_of(tensor))) << name;
      continue;
    }
    EXPECT_FALSE(file.weights.contains(name));
    EXPECT_EQ(file.node_of(name).text(4), "Mul");
    const Array &numbers = file.weights.at(name + ".int8"), &scales = file.weights.at(name + ".scales");
    EXPECT_EQ(numbers.type, 3U);
    const bool by_column = GetParam() == "gpt2" && name != "wte.weight";
    const std::size_t rows = tensor.dim(0), columns = tensor.dim(1);
    EXPECT_EQ(scales.dims,
              by_column ? (std::vector<std::uint64_t>{1, columns}) : (std::vector<std::uint64_t>{rows, 1}));
    const auto whole = numbers_of<signed char>(numbers);
    const auto scale = numbers_of<float>(scales);
    ASSERT_EQ(whole.size(), tensor.size());
    for (std::size_t i = 0; i < whole.size(); ++i) {
      const float step = scale[by_column ? i % columns : i / columns];
      EXPECT_NEAR(step * static_cast<float>(whole[i]), tensor.data()[i], 0.501f * step) << name << " " << i;
    }
  }
}

TEST(Onnx, SaysItsVersionsAndItsName) {
  const Parsed file = parsed(*test::tiny_model());
  EXPECT_EQ(file.file.number(1), 9U);
  EXPECT_EQ(file.file.text(2), "mini-llm");
  EXPECT_EQ(fields_of(file.file.text(8)).number(2), 20U);
  EXPECT_EQ(file.graph.text(2), "tiny");
}

TEST(Onnx, UsesTheOperationsOfEachArchitecture) {
  const auto count = [](const std::vector<std::string>& ops, const char* op) {
    return std::count(ops.begin(), ops.end(), op);
  };
  const auto gpt2 = parsed(*test::tiny_model()).ops();
  EXPECT_EQ(count(gpt2, "LayerNormalization"), 2 * 2 + 1);
  EXPECT_EQ(count(gpt2, "Tanh"), 2);
  EXPECT_EQ(count(gpt2, "Transpose"),
            1 + 2 * 5);  // the head's matrix; queries, keys twice, values and results
  EXPECT_EQ(count(gpt2, "Cos"), 0);
  const auto qwen3 = parsed(*test::tiny_model(1, 0, "qwen3")).ops();
  EXPECT_EQ(count(qwen3, "Sqrt"), 4 * 2 + 1);
  EXPECT_EQ(count(qwen3, "Sigmoid"), 2);
  EXPECT_EQ(count(qwen3, "Transpose"), 1 + 2 * (5 + 7));
  EXPECT_EQ(count(qwen3, "Cos"), 1);
  EXPECT_EQ(count(qwen3, "Greater"), 1);  // the window
}

TEST(Onnx, EncodesAttributesAndNumbers) {
  OnnxGraph graph;
  const OnnxValue x = graph.value("x"), y = graph.value("y");
  graph.input(x, OnnxNumber::float32, {"n", 300});
  graph.node_into(y, "Some", {x}, {{"i", std::int64_t{-1}}, {"f", 0.5f}, {"is", {2, 300}}});
  graph.output(y, {"n", 300});
  EXPECT_EQ(graph.scalar(std::int64_t{7}).id, graph.scalar(std::int64_t{7}).id);
  EXPECT_NE(graph.scalar(std::int64_t{7}).id, graph.list({7}).id);
  const Parsed file = parsed(std::move(graph).file("g").bytes());
  EXPECT_EQ(file.inputs.at("x"), "1: n 300");
  EXPECT_EQ(file.weights.size(), 2U);
  const auto attributes = file.nodes.at(0).texts.at(5);
  const Fields i = fields_of(attributes.at(0)), f = fields_of(attributes.at(1)),
               is = fields_of(attributes.at(2));
  EXPECT_EQ(i.number(3), ~std::uint64_t{0});
  EXPECT_EQ(i.number(20), 2U);
  EXPECT_EQ(std::bit_cast<float>(static_cast<std::uint32_t>(f.number(2))), 0.5f);
  EXPECT_EQ(f.number(20), 1U);
  EXPECT_EQ(is.numbers.at(8), (std::vector<std::uint64_t>{2, 300}));
  EXPECT_EQ(is.number(20), 7U);
}

TEST(Onnx, RefusesWhatTheFormatCannotHold) {
  require_protobuf_size((std::uint64_t{1} << 31) - 1);
  EXPECT_EQ(
      test::message_of<std::invalid_argument>([] { require_protobuf_size(std::uint64_t{1} << 31); }),
      "The ONNX file would need 2147483648 bytes, more than the 2 GB that it can have; export safetensors.");
  // A weight whose 2 GiB are never computed.
  OnnxGraph graph;
  graph.weight("x", OnnxNumber::int8, {std::size_t{1} << 31}, std::uint64_t{1} << 31, nullptr, nullptr);
  EXPECT_THROW(std::move(graph).file(""), std::invalid_argument);

  ModelConfig config = test::tiny_config();
  config.activation = "swiglu";
  EXPECT_EQ(test::message_of<std::invalid_argument>([&] { write_onnx(Gpt(config), "", OnnxType::f32); }),
            "ONNX has no gpt2 with the activation swiglu, only with gelu; export safetensors instead.");
}

}  // namespace
}  // namespace mini_llm
