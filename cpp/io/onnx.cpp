#include "io/onnx.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <vector>

#include "io/arrays.h"
#include "io/onnx_graph.h"
#include "io/q8_0.h"
#include "kernels/norm.h"
#include "kernels/rotary.h"
#include "nn/architecture.h"

namespace mini_llm {

namespace {

using Value = OnnxValue;

std::int64_t int64(std::size_t n) { return static_cast<std::int64_t>(n); }

/// A matrix that is stored as int8 numbers, with a scale for each row or column.
struct Int8Weight {
  Tensor tensor;
  bool by_column;

  std::size_t channels() const { return tensor.dim(by_column ? 1 : 0); }
  std::size_t channel(std::size_t i) const { return by_column ? i % tensor.width() : i / tensor.width(); }

  std::vector<float> scales() const {
    std::vector<float> largest(channels(), 0.0f);
    for (std::size_t i = 0; i < tensor.size(); ++i) {
      float& most = largest[channel(i)];
      most = std::max(most, std::fabs(tensor.data()[i]));
    }
    for (float& scale : largest) scale /= kInt8Levels;
    return largest;
  }
};

std::string bytes_of_scales(const void* source) {
  std::string bytes;
  for (const float scale : static_cast<const Int8Weight*>(source)->scales()) put(bytes, scale);
  return bytes;
}

std::string bytes_of_numbers(const void* source) {
  const auto& weight = *static_cast<const Int8Weight*>(source);
  std::vector<float> inverse = weight.scales();
  for (float& scale : inverse) scale = scale == 0 ? 0 : 1 / scale;
  std::string bytes(weight.tensor.size(), '\0');
  for (std::size_t i = 0; i < bytes.size(); ++i)
    bytes[i] = static_cast<char>(round_to_int8(weight.tensor.data()[i] * inverse[weight.channel(i)]));
  return bytes;
}

/// Writes the model from top to bottom in the order of the data flow, as nn/gpt.cpp computes it. Shapes:
/// B batch, T time, P cached tokens, C n_embd, V vocabulary, K n_kv_head, G queries for each of them,
/// D head_dim.
class Writer {
 public:
  Writer(const Gpt& gpt, OnnxType type) : c_(gpt.config()), arch_(architecture(c_.arch)) {
    for (const auto& [name, tensor] : gpt.state_dict()) add_weight(name, tensor, type);
  }

  FileOutput write(const std::string& name) && {
    const Value ids = input("input_ids", "sequence_length"), logits = graph_.value("logits");
    graph_.output(logits, {"batch_size", "sequence_length", c_.vocab_size});
    const Value tokens = weight(arch_.names.tokens);
    Value x = node("Gather", {tokens, ids});  // [B, T] -> [B, T, C]
    x = with_positions(x);
    mask_ = mask(ids);
    for (std::size_t i = 0; i < c_.n_layer; ++i) x = block(i, x);
    x = norm(arch_.names.last_norm, nullptr, x);
    const Value head = c_.tie_word_embeddings ? tokens : weight(kHead);
    graph_.node_into(logits, "MatMul", {x, transposed(head)});  // [B, T, C] -> [B, T, V]
    return std::move(graph_).file(name);
  }

 private:
  Value node(const char* op, std::initializer_list<Value> inputs, OnnxAttributes attributes = {}) {
    return graph_.node(op, inputs, attributes);
  }
  /// Ids or a mask, [B, time].
  Value input(const char* name, const char* time) {
    const Value value = graph_.value(name);
    graph_.input(value, OnnxNumber::int64, {"batch_size", time});
    return value;
  }
  /// The weight "module.layer.what", or "module.what", of the block in scope.
  Value weight(const char* module, const char* layer = nullptr, const char* what = ".weight") {
    std::string name = scope_;
    name += module;
    if (layer != nullptr) (name += '.') += layer;
    return graph_.value(name += what);
  }
  Value permuted(Value x, OnnxInts order) { return node("Transpose", {x}, {{"perm", order}}); }
  Value transposed(Value matrix) { return permuted(matrix, {1, 0}); }
  /// 0 keeps a dimension.
  Value reshaped(Value x, OnnxInts shape) { return node("Reshape", {x, graph_.list(shape)}); }
  Value with_axes(Value x, OnnxInts axes) { return node("Unsqueeze", {x, graph_.list(axes)}); }
  Value concat(Value a, Value b) { return node("Concat", {a, b}, {{"axis", std::int64_t{-1}}}); }
  Value multiplied(Value x, Value y) { return node("Mul", {x, y}); }
  Value multiplied(Value x, float factor) { return multiplied(x, graph_.scalar(factor)); }
  Value added(Value x, Value y) { return node("Add", {x, y}); }
  Value cast(Value x, OnnxNumber to) { return node("Cast", {x}, {{"to", static_cast<std::int64_t>(to)}}); }
  /// The second dimension of x, as a scalar.
  Value length(Value x) { return node("Gather", {node("Shape", {x}), integer(1)}); }
  Value integer(std::size_t value) { return graph_.scalar(int64(value)); }

  /// Afterwards the float32 tensor has this name in the graph.
  void add_weight(const std::string& name, const Tensor& tensor, OnnxType type) {
    const bool positions = arch_.names.positions != nullptr && name.starts_with(arch_.names.positions);
    if (type == OnnxType::f32 || tensor.shape().size() < 2 || positions) return graph_.weight(name, tensor);
    const bool by_column = arch_.layout == Layout::in_out && name.starts_with(arch_.names.block);
    const auto source = std::make_shared<const Int8Weight>(Int8Weight{tensor, by_column});
    const std::size_t n = source->channels();
    const std::string numbers = name + ".int8", scales = name + ".scales";
    graph_.weight(numbers, OnnxNumber::int8, tensor.shape(), tensor.size(), source, bytes_of_numbers);
    graph_.weight(scales, OnnxNumber::float32, by_column ? Shape{1, n} : Shape{n, 1}, n * sizeof(float),
                  source, bytes_of_scales);
    graph_.node_into(graph_.value(name), "Mul",
                     {cast(graph_.value(numbers), OnnxNumber::float32), graph_.value(scales)});
  }

  /// Adds learned positions to x, or prepares rotary ones.
  Value with_positions(Value x) {
    const Value positions = input("position_ids", "sequence_length");
    if (!arch_.rotary) return added(x, node("Gather", {weight(arch_.names.positions), positions}));
    std::vector<float> frequencies(c_.head_dim / 2);
    rotary_frequencies(frequencies.data(), c_.head_dim, c_.rope_theta);
    const Value column = with_axes(cast(positions, OnnxNumber::float32), {2, 3});  // [B, T, 1, 1]
    const Value half = multiplied(column, graph_.list(frequencies));               // [B, T, 1, D/2]
    const Value angles = concat(half, half);                                       // [B, T, 1, D]
    cos_ = node("Cos", {angles});
    sin_ = node("Sin", {angles});
    return x;
  }

  /// Whether a token attends to a key: [B, 1, 1, T, P + T].
  Value mask(Value ids) {
    const Value attention_mask = input("attention_mask", "total_sequence_length");
    const Value total = length(attention_mask), first = node("Sub", {total, length(ids)});
    const Value keys = node("Range", {integer(0), total, integer(1)});                // [P + T]
    const Value queries = with_axes(node("Range", {first, total, integer(1)}), {1});  // [T, 1]
    Value mask = node("LessOrEqual", {keys, queries});                                // [T, P + T]
    if (arch_.rotary)  // each token sees the last seq_len tokens
      mask = node("And", {mask, node("Greater", {keys, node("Sub", {queries, integer(c_.seq_len)})})});
    return node("And", {mask, with_axes(cast(attention_mask, OnnxNumber::boolean), {1, 2, 3})});
  }

  Value block(std::size_t i, Value x) {
    scope_ = arch_.names.block + std::to_string(i) + ".";
    x = added(x, attention(i, norm(arch_.names.norm_1, nullptr, x)));
    x = added(x, mlp(norm(arch_.names.norm_2, nullptr, x)));
    scope_.clear();
    return x;
  }

  Value attention(std::size_t layer, Value x) {
    const std::int64_t groups = int64(c_.n_kv_head), queries = int64(c_.n_head) / groups;
    const std::int64_t dim = int64(c_.head_dim);
    auto [q, k, v] = projections(x);
    q = reshaped(q, {0, 0, int64(c_.n_head), dim});  // [B, T, C] -> [B, T, n_head, D]
    k = reshaped(k, {0, 0, groups, dim});            // [B, T, K, D]
    v = reshaped(v, {0, 0, groups, dim});
    if (arch_.rotary) {
      q = rotated(norm(arch_.names.attention, arch_.names.q_norm, q));
      k = rotated(norm(arch_.names.attention, arch_.names.k_norm, k));
    }
    q = multiplied(q, 1 / std::sqrt(static_cast<float>(c_.head_dim)));
    q = permuted(reshaped(q, {0, 0, groups, queries, dim}), {0, 2, 3, 1, 4});  // [B, K, G, T, D]
    k = with_past(layer, ".key", k);                                           // [B, K, 1, P + T, D]
    v = with_past(layer, ".value", v);
    const Value products = node("MatMul", {q, permuted(k, {0, 1, 2, 4, 3})});  // [B, K, G, T, P + T]
    // The lowest number rather than -infinity: a row of padding that sees no key must not become NaN.
    const Value scores =
        node("Where", {mask_, products, graph_.scalar(std::numeric_limits<float>::lowest())});
    const Value y = node("MatMul", {node("Softmax", {scores}), v});              // [B, K, G, T, D]
    x = reshaped(permuted(y, {0, 3, 1, 2, 4}), {0, 0, groups * queries * dim});  // [B, T, C]
    return linear(arch_.names.attention, arch_.names.attention_out, x);
  }

  /// Queries, keys and values.
  std::array<Value, 3> projections(Value x) {
    const auto& names = arch_.names;
    const std::int64_t keys = int64(c_.n_kv_head * c_.head_dim);
    if (names.qkv.size() == 1)
      return graph_.split(linear(names.attention, names.qkv[0], x), {int64(c_.n_embd), keys, keys});
    std::array<Value, 3> results{};
    for (std::size_t i = 0; i < results.size(); ++i) results[i] = linear(names.attention, names.qkv[i], x);
    return results;
  }

  /// x·cos + rotate_half(x)·sin, of x [B, T, heads, D].
  Value rotated(Value x) {
    const std::int64_t half = int64(c_.head_dim / 2);
    const auto halves = graph_.split(x, {half, half});
    const Value turned = concat(node("Neg", {halves[1]}), halves[0]);
    return added(multiplied(x, cos_), multiplied(turned, sin_));
  }

  /// Appends x [B, T, K, D] to the cached ones: [B, K, 1, P + T, D].
  Value with_past(std::size_t layer, const char* what, Value x) {
    const std::string suffix = "." + std::to_string(layer) + what;
    const Value past = graph_.value("past_key_values" + suffix), present = graph_.value("present" + suffix);
    graph_.input(past, OnnxNumber::float32,
                 {"batch_size", c_.n_kv_head, "past_sequence_length", c_.head_dim});
    graph_.node_into(present, "Concat", {past, permuted(x, {0, 2, 1, 3})}, {{"axis", std::int64_t{2}}});
    graph_.output(present, {"batch_size", c_.n_kv_head, "total_sequence_length", c_.head_dim});
    return with_axes(present, {2});
  }

  Value mlp(Value x) {
    const auto& names = arch_.names;
    const Value up = linear(names.mlp, names.mlp_up, x);  // [B, T, n_inner]
    const Value hidden =
        names.mlp_gate == nullptr ? gelu(up) : multiplied(silu(linear(names.mlp, names.mlp_gate, x)), up);
    return linear(names.mlp, names.mlp_out, hidden);
  }

  Value silu(Value x) { return multiplied(x, node("Sigmoid", {x})); }

  /// 0.5·x·(1 + tanh(sqrt(2/pi)·(x + 0.044715·x³))).
  Value gelu(Value x) {
    const Value cubic = multiplied(node("Pow", {x, graph_.scalar(3.0f)}), 0.044715f);
    const Value tanh = node("Tanh", {multiplied(added(x, cubic), 0.7978845608f)});
    return multiplied(multiplied(x, 0.5f), added(tanh, graph_.scalar(1.0f)));
  }

  Value linear(const char* module, const char* layer, Value x) {
    const Value matrix = weight(module, layer);
    x = node("MatMul", {x, arch_.layout == Layout::in_out ? matrix : transposed(matrix)});
    return arch_.bias ? added(x, weight(module, layer, ".bias")) : x;
  }

  Value norm(const char* module, const char* layer, Value x) {
    if (!arch_.rms_norm)
      return node("LayerNormalization", {x, weight(module, layer), weight(module, layer, ".bias")},
                  {{"epsilon", kLayerNormEps}});
    const Value mean = node("ReduceMean", {node("Pow", {x, graph_.scalar(2.0f)}), graph_.list({-1})});
    const Value root = node("Sqrt", {added(mean, graph_.scalar(kRmsNormEps))});
    return multiplied(node("Div", {x, root}), weight(module, layer));
  }

  const ModelConfig& c_;
  const Architecture& arch_;
  OnnxGraph graph_;
  std::string scope_;  // before the names of a block's weights
  Value mask_{}, cos_{}, sin_{};
};

}  // namespace

FileOutput write_onnx(const Gpt& gpt, const std::string& name, OnnxType type) {
  require_own_activation(gpt.config(), "ONNX");
  return Writer(gpt, type).write(name);
}

}  // namespace mini_llm
