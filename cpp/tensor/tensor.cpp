#include "tensor/tensor.h"

#include <algorithm>
#include <bit>
#include <stdexcept>

namespace mini_llm {

std::size_t element_count(const Shape& shape) {
  std::size_t n = 1;
  for (const std::size_t d : shape) n *= d;
  return n;
}

std::string to_string(const Shape& shape) {
  std::string text = "[";
  for (std::size_t i = 0; i < shape.size(); ++i) text += (i == 0 ? "" : ", ") + std::to_string(shape[i]);
  return text + "]";
}

namespace {

/// Sizes are rounded up to eight steps an octave, so that contexts of growing length share buffers.
std::size_t size_class(std::size_t n) {
  if (n <= 64) return 64;
  const std::size_t step = std::bit_floor(n) / 8;
  return (n + step - 1) / step * step;
}

}  // namespace

std::shared_ptr<Storage> BufferPool::take(std::size_t n) {
  const std::size_t size = size_class(n);
  auto& free = free_->by_size[size];
  std::unique_ptr<Storage> storage;
  if (free.empty()) {
    storage = std::make_unique<Storage>(size);
  } else {
    storage = std::move(free.back());
    free.pop_back();
  }
  auto give_back = [pool = free_](Storage* used) {
    pool->by_size[used->size()].push_back(std::unique_ptr<Storage>(used));
  };
  return {storage.release(), std::move(give_back)};
}

Tensor::Tensor(Shape shape, bool requires_grad) : shape_(std::move(shape)), node_(std::make_shared<Node>()) {
  node_->values = std::make_shared<Storage>(size());
  node_->requires_grad = requires_grad;
}

Tensor::Tensor(Shape shape, BufferPool& pool, bool requires_grad)
    : shape_(std::move(shape)), node_(std::make_shared<Node>()) {
  node_->values = pool.take(size());
  node_->pool = &pool;
  node_->requires_grad = requires_grad;
}

float* Tensor::grad() {
  if (!node_->grad) {
    node_->grad = node_->pool != nullptr ? node_->pool->take(size()) : std::make_shared<Storage>(size());
    zero_grad();
  }
  return node_->grad->data();
}

void Tensor::zero_grad() {
  if (node_->grad) std::fill_n(node_->grad->data(), size(), 0.0f);
}

Tensor Tensor::reshape(Shape shape) const {
  if (element_count(shape) != size())
    throw std::invalid_argument("A tensor of shape " + to_string(shape_) + " cannot be reshaped to " +
                                to_string(shape) + ": the numbers of elements differ.");
  Tensor result = *this;
  result.shape_ = std::move(shape);
  return result;
}

PackedMatrix Tensor::packed(bool transpose) const {
  const std::size_t k = transpose ? width() : rows(), n = transpose ? rows() : width();
  Packed& packed = node_->packed[transpose];
  if (packed.version != node_->version) {
    packed.panels.resize(packed_size(k, n));
    pack(packed.panels.data(), transpose ? transposed(data(), width()) : row_major(data(), width()), k, n);
    packed.version = node_->version;
  }
  return {packed.panels.data(), kPanel * k};
}

}  // namespace mini_llm
