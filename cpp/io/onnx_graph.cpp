#include "io/onnx_graph.h"

#include "io/arrays.h"

namespace mini_llm {

namespace {

// The numbers of onnx.proto's fields, message by message.
namespace model {
enum : std::uint32_t { ir_version = 1, producer_name = 2, graph = 7, opset_import = 8 };
}
namespace opset {
enum : std::uint32_t { version = 2 };
}
namespace graph {
enum : std::uint32_t { node = 1, name = 2, initializer = 5, input = 11, output = 12 };
}
namespace node {
enum : std::uint32_t { input = 1, output = 2, name = 3, op_type = 4, attribute = 5 };
}
namespace attribute {
enum : std::uint32_t { name = 1, f = 2, i = 3, ints = 8, type = 20 };
}
namespace tensor {
enum : std::uint32_t { dims = 1, data_type = 2, name = 8, raw_data = 9 };
}
namespace value_info {
enum : std::uint32_t { name = 1, type = 2 };
}
namespace type {
enum : std::uint32_t { tensor = 1, elem_type = 1, shape = 2, dim = 1, dim_value = 1, dim_param = 2 };
}

/// Opset 20 is of ONNX 1.15, whose files have this version.
constexpr std::int64_t kOpset = 20, kIrVersion = 9;

std::string value_info_of(const std::string& name, OnnxNumber number, OnnxDims dims) {
  ProtoMessage shape, array, kind, info;
  for (const OnnxDim& dim : dims) {
    ProtoMessage size;
    if (dim.name == nullptr)
      size.add_integer(type::dim_value, static_cast<std::int64_t>(dim.size));
    else
      size.add_text(type::dim_param, dim.name);
    shape.add_text(type::dim, size.bytes());
  }
  array.add_integer(type::elem_type, static_cast<std::int64_t>(number));
  array.add_text(type::shape, shape.bytes());
  kind.add_text(type::tensor, array.bytes());
  info.add_text(value_info::name, name);
  info.add_text(value_info::type, kind.bytes());
  return info.bytes();
}

std::string message_of(const OnnxAttribute& from) {
  ProtoMessage message;
  message.add_text(attribute::name, from.name);
  message.add_integer(attribute::type, static_cast<std::int64_t>(from.kind));
  if (from.kind == OnnxAttribute::Kind::real) message.add_float(attribute::f, from.real);
  if (from.kind == OnnxAttribute::Kind::integer) message.add_integer(attribute::i, from.integer);
  for (const std::int64_t each : from.integers) message.add_integer(attribute::ints, each);
  return message.bytes();
}

/// An initializer up to its `size` bytes of values, with the key that begins it in the graph.
std::string head_of_weight(const std::string& name, OnnxNumber type, const Shape& shape, std::uint64_t size) {
  ProtoMessage head, field;
  for (const std::size_t dim : shape) head.add_integer(tensor::dims, static_cast<std::int64_t>(dim));
  head.add_integer(tensor::data_type, static_cast<std::int64_t>(type));
  head.add_text(tensor::name, name);
  head.begin(tensor::raw_data, size);
  field.begin(graph::initializer, head.bytes().size() + size);
  return field.bytes() + head.bytes();
}

}  // namespace

OnnxValue OnnxGraph::value(std::string name) {
  names_.push_back(std::move(name));
  return {static_cast<std::uint32_t>(names_.size() - 1)};
}

OnnxValue OnnxGraph::fresh_value(const char* op) {
  return value(std::string(op) + "_" + std::to_string(names_.size()));
}

void OnnxGraph::input(OnnxValue value, OnnxNumber type, OnnxDims dims) {
  graph_.add_text(graph::input, value_info_of(names_[value.id], type, dims));
}

void OnnxGraph::output(OnnxValue value, OnnxDims dims) {
  graph_.add_text(graph::output, value_info_of(names_[value.id], OnnxNumber::float32, dims));
}

void OnnxGraph::weight(const std::string& name, const Tensor& tensor) {
  weights_.append(head_of_weight(name, OnnxNumber::float32, tensor.shape(), bytes_of(tensor).size()));
  append_values(weights_, tensor);
}

void OnnxGraph::weight(const std::string& name, OnnxNumber type, const Shape& shape, std::uint64_t size,
                       std::shared_ptr<const void> source, FileOutput::Make make) {
  weights_.append(head_of_weight(name, type, shape, size));
  weights_.append(size, std::move(source), make);
}

OnnxValue OnnxGraph::constant(OnnxNumber type, const Shape& shape, const void* values, std::size_t size) {
  const std::string content(static_cast<const char*>(values), size);
  std::string bytes = head_of_weight("", type, shape, size) + content;
  for (std::size_t i = 0; i < constants_.size(); ++i)
    if (constants_[i] == bytes) return constant_values_[i];
  const OnnxValue added = fresh_value("Constant");
  weights_.append(head_of_weight(names_[added.id], type, shape, size) + content);
  constants_.push_back(std::move(bytes));
  constant_values_.push_back(added);
  return added;
}

OnnxValue OnnxGraph::scalar(std::int64_t value) {
  return constant(OnnxNumber::int64, {}, &value, sizeof value);
}
OnnxValue OnnxGraph::scalar(float value) { return constant(OnnxNumber::float32, {}, &value, sizeof value); }
OnnxValue OnnxGraph::list(OnnxInts values) {
  return constant(OnnxNumber::int64, {values.size()}, values.begin(), values.size() * sizeof(std::int64_t));
}
OnnxValue OnnxGraph::list(const std::vector<float>& values) {
  return constant(OnnxNumber::float32, {values.size()}, values.data(), values.size() * sizeof(float));
}

void OnnxGraph::add_node(const char* op, std::initializer_list<OnnxValue> inputs, const OnnxValue* outputs,
                         std::size_t n_outputs, OnnxAttributes attributes) {
  ProtoMessage message;
  for (const OnnxValue input : inputs) message.add_text(node::input, names_[input.id]);
  for (std::size_t i = 0; i < n_outputs; ++i) message.add_text(node::output, names_[outputs[i].id]);
  message.add_text(node::name, names_[outputs[0].id]);
  message.add_text(node::op_type, op);
  for (const OnnxAttribute& each : attributes) message.add_text(node::attribute, message_of(each));
  graph_.add_text(graph::node, message.bytes());
}

void OnnxGraph::node_into(OnnxValue result, const char* op, std::initializer_list<OnnxValue> inputs,
                          OnnxAttributes attributes) {
  add_node(op, inputs, &result, 1, attributes);
}

OnnxValue OnnxGraph::node(const char* op, std::initializer_list<OnnxValue> inputs,
                          OnnxAttributes attributes) {
  const OnnxValue result = fresh_value(op);
  node_into(result, op, inputs, attributes);
  return result;
}

std::array<OnnxValue, 3> OnnxGraph::split(OnnxValue x, OnnxInts sizes) {
  std::array<OnnxValue, 3> parts{};
  for (std::size_t i = 0; i < sizes.size(); ++i) parts[i] = fresh_value("Split");
  add_node("Split", {x, list(sizes)}, parts.data(), sizes.size(), {{"axis", std::int64_t{-1}}});
  return parts;
}

FileOutput OnnxGraph::file(const std::string& name) && {
  graph_.add_text(graph::name, name);
  ProtoMessage version, file;
  version.add_integer(opset::version, kOpset);
  file.add_integer(model::ir_version, kIrVersion);
  file.add_text(model::producer_name, "mini-llm");
  file.add_text(model::opset_import, version.bytes());
  file.begin(model::graph, graph_.bytes().size() + weights_.size());
  weights_.prepend(file.bytes() + graph_.bytes());
  require_protobuf_size(weights_.size());
  return std::move(weights_);
}

}  // namespace mini_llm
