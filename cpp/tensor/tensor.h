#pragma once
// A tensor: a shape over shared, recycled xtensor storage, and where gradients flow, a gradient of the same
// size.
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "kernels/accumulator.h"
#include "kernels/int8.h"
#include "tensor/xtensor.h"

namespace mini_llm {

using Shape = xt::svector<std::size_t, 4>;
using Storage = xt::uvector<float>;  // xtensor's storage; its floats are unspecified until written

/// Throws std::bad_alloc where a size cannot count them.
std::size_t element_count(const Shape& shape);
std::string to_string(const Shape& shape);  // "[4, 128]"

/// Hands out blocks of floats and takes them back when their last user lets go, so that a steady workload
/// allocates nothing. Copies of a pool share their free blocks, and these outlive it.
class BufferPool {
 public:
  BufferPool();
  std::shared_ptr<Storage> take(std::size_t n);
  /// A T of its own memory.
  template <class T>
  std::shared_ptr<T> make();

 private:
  struct Free;
  template <class T>
  struct Allocator;
  std::shared_ptr<Free> free_;
};

/// A handle: copies share values and gradient.
class Tensor {
 public:
  Tensor() = default;
  /// Storage of its own; values unspecified.
  explicit Tensor(Shape shape, bool requires_grad = false);
  /// Storage and, later, gradient from a pool.
  Tensor(const Shape& shape, BufferPool& pool, bool requires_grad);

  explicit operator bool() const { return node_ != nullptr; }
  const Shape& shape() const { return shape_; }
  std::size_t dim(std::size_t i) const { return shape_[i]; }
  std::size_t size() const { return element_count(shape_); }
  /// Elements of the last dimension, and how many such rows there are.
  std::size_t width() const { return shape_.back(); }
  std::size_t rows() const { return size() / width(); }

  float* data() { return node_->values->data(); }
  const float* data() const { return node_->values->data(); }
  bool requires_grad() const { return node_->requires_grad; }
  void set_requires_grad(bool on) { node_->requires_grad = on; }
  bool has_grad() const { return node_->has_grad; }
  /// The gradient for reading or adding to; zeros where nothing has arrived yet.
  float* grad();
  /// The gradient for a kernel that leaves one for every element.
  Accumulator grad_accumulator();
  /// Takes over the finished gradient of a result that handed this tensor's values on.
  void take_grad(Tensor& result);
  /// Forgets the gradient; its memory stays.
  void zero_grad() { node_->has_grad = false; }
  /// The gradient's memory, whatever it holds.
  float* grad_memory();

  /// The same elements in another shape, sharing values and gradient.
  Tensor reshape(Shape shape) const;

  /// Values and gradient as xtensor views, for expressions in tests and tools.
  auto view() { return xt::adapt(data(), size(), xt::no_ownership(), shape_); }
  auto view() const { return xt::adapt(data(), size(), xt::no_ownership(), shape_); }
  auto grad_view() { return xt::adapt(grad(), size(), xt::no_ownership(), shape_); }

  /// To be called after the values were changed in place: what was derived from them is then derived anew.
  void mark_modified() { ++node_->version; }
  /// This [K, N] matrix, or its transpose, packed for gemm; made once for each change of the values.
  PackedMatrix packed(bool transpose) const;
  /// The same in int8, for generation.
  Int8Matrix quantized(bool transpose) const;

 private:
  MatrixView matrix(bool transpose) const;

  struct Packed {
    Storage panels;
    std::uint64_t version = 0;
  };
  struct Quantized {
    std::vector<std::int8_t> panels;
    Storage scales;
    std::uint64_t version = 0;
  };
  struct Node {
    std::shared_ptr<Storage> values;
    std::shared_ptr<Storage> grad;
    BufferPool* pool = nullptr;
    bool requires_grad = false;
    bool has_grad = false;  // grad holds something, and not just memory
    std::uint64_t version = 1;
    std::unique_ptr<Packed> packed[2];
    std::unique_ptr<Quantized> quantized[2];
  };

  Shape shape_;
  std::shared_ptr<Node> node_;
};

}  // namespace mini_llm
