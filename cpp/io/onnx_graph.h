#pragma once
// An ONNX model file: a graph of operations, written node by node.
// https://github.com/onnx/onnx/blob/main/onnx/onnx.proto
#include <array>
#include <initializer_list>
#include <string>
#include <vector>

#include "io/file_output.h"
#include "io/protobuf.h"
#include "tensor/tensor.h"

namespace mini_llm {

/// Numbers of a tensor's type, as in TensorProto.
enum class OnnxNumber : std::uint8_t { float32 = 1, int8 = 3, int64 = 7, boolean = 9 };

/// A tensor in the graph: its name's place in a list, because handing names themselves around is large code.
struct OnnxValue {
  std::uint32_t id;
};

/// A dimension of an input or output: a size, or a name for one that varies.
struct OnnxDim {
  OnnxDim(std::size_t size) : size(size) {}
  OnnxDim(const char* name) : name(name) {}

  std::size_t size = 0;
  const char* name = nullptr;
};
using OnnxDims = std::initializer_list<OnnxDim>;

using OnnxInts = std::initializer_list<std::int64_t>;

struct OnnxAttribute {
  enum class Kind : std::uint8_t { real = 1, integer = 2, integers = 7 };  // as in AttributeProto

  OnnxAttribute(const char* name, std::int64_t value) : name(name), kind(Kind::integer), integer(value) {}
  OnnxAttribute(const char* name, float value) : name(name), kind(Kind::real), real(value) {}
  /// Valid as long as the list.
  OnnxAttribute(const char* name, OnnxInts values) : name(name), kind(Kind::integers), integers(values) {}

  const char* name;
  Kind kind;
  float real = 0;
  std::int64_t integer = 0;
  OnnxInts integers{};
};
using OnnxAttributes = std::initializer_list<OnnxAttribute>;

class OnnxGraph {
 public:
  /// A tensor of this name, which is or will be an input, a weight or a result.
  OnnxValue value(std::string name);

  void input(OnnxValue value, OnnxNumber type, OnnxDims dims);
  /// Declares a float32 result an output.
  void output(OnnxValue value, OnnxDims dims);

  /// Adds a float32 weight, whose tensor is shared.
  void weight(const std::string& name, const Tensor& tensor);
  /// Adds a weight of `size` bytes that `make` computes from its source.
  void weight(const std::string& name, OnnxNumber type, const Shape& shape, std::uint64_t size,
              std::shared_ptr<const void> source, FileOutput::Make make);

  /// Numbers and lists of numbers as weights; equal ones are stored once.
  OnnxValue scalar(std::int64_t value);
  OnnxValue scalar(float value);
  OnnxValue list(OnnxInts values);
  OnnxValue list(const std::vector<float>& values);

  /// Adds a node, and returns its result.
  OnnxValue node(const char* op, std::initializer_list<OnnxValue> inputs, OnnxAttributes attributes = {});
  /// Adds a node with this result.
  void node_into(OnnxValue result, const char* op, std::initializer_list<OnnxValue> inputs,
                 OnnxAttributes attributes = {});
  /// Up to three parts of the last dimension.
  std::array<OnnxValue, 3> split(OnnxValue x, OnnxInts sizes);

  /// The file; the graph has this name. Throws std::invalid_argument if it would have 2 GiB or more.
  FileOutput file(const std::string& name) &&;

 private:
  OnnxValue fresh_value(const char* op);
  OnnxValue constant(OnnxNumber type, const Shape& shape, const void* values, std::size_t size);
  void add_node(const char* op, std::initializer_list<OnnxValue> inputs, const OnnxValue* outputs,
                std::size_t n_outputs, OnnxAttributes attributes);

  ProtoMessage graph_;  // all but the weights
  FileOutput weights_;  // fields of the graph too
  std::vector<std::string> names_;
  std::vector<std::string> constants_;  // their bytes
  std::vector<OnnxValue> constant_values_;
};

}  // namespace mini_llm
