#include "tensor/tensor.h"

#include <algorithm>
#include <array>
#include <bit>
#include <new>
#include <stdexcept>
#include <unordered_map>
#include <utility>

#include "kernels/elementwise.h"

namespace mini_llm {

std::size_t element_count(const Shape& shape) {
  std::size_t n = 1;
  for (const std::size_t d : shape)
    if (__builtin_mul_overflow(n, d, &n)) throw std::bad_alloc();
  return n;
}

std::string to_string(const Shape& shape) {
  std::string text = "[";
  for (std::size_t i = 0; i < shape.size(); ++i) text += (i == 0 ? "" : ", ") + std::to_string(shape[i]);
  return text + "]";
}

namespace {

/// Rounds up to one of eight sizes per power of two, so contexts of growing length share buffers.
std::size_t size_class(std::size_t n) {
  if (n <= 64) return 64;
  const std::size_t step = std::bit_floor(n) / 8;
  return ceil_div(n, step) * step;
}

}  // namespace

/// Free blocks of floats by size, and the small memory of tensors' own structures.
struct BufferPool::Free {
  std::unordered_map<std::size_t, std::vector<std::unique_ptr<Storage>>> by_size;

  void* take_small(std::size_t bytes) {
    auto& blocks = small_[bytes / kStep];
    if (blocks.empty()) return ::operator new((bytes / kStep + 1) * kStep);
    void* block = blocks.back();
    blocks.pop_back();
    return block;
  }
  void give_small(void* block, std::size_t bytes) { small_[bytes / kStep].push_back(block); }

  Free() = default;
  Free(const Free&) = delete;
  Free& operator=(const Free&) = delete;
  ~Free() {
    for (const auto& blocks : small_)
      for (void* block : blocks) ::operator delete(block);
  }

  static constexpr std::size_t kStep = 64, kSmall = 512;

 private:
  std::array<std::vector<void*>, kSmall / kStep> small_;
};

/// For shared_ptrs whose control blocks come from a pool.
template <class T>
struct BufferPool::Allocator {
  using value_type = T;
  std::shared_ptr<Free> free;

  explicit Allocator(std::shared_ptr<Free> pool) : free(std::move(pool)) {}
  template <class U>
  Allocator(const Allocator<U>& other) : free(other.free) {}
  template <class U>
  bool operator==(const Allocator<U>& other) const {
    return free == other.free;
  }

  // A shared_ptr allocates one at a time.
  T* allocate(std::size_t) {
    static_assert(sizeof(T) < Free::kSmall);
    return static_cast<T*>(free->take_small(sizeof(T)));
  }
  void deallocate(T* block, std::size_t) { free->give_small(block, sizeof(T)); }
};

BufferPool::BufferPool() : free_(std::make_shared<Free>()) {}

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
  auto give_back = [&free](Storage* used) {  // the allocator keeps `free` alive
    free.push_back(std::unique_ptr<Storage>(used));
  };
  return {storage.release(), give_back, Allocator<Storage>(free_)};
}

template <class T>
std::shared_ptr<T> BufferPool::make() {
  return std::allocate_shared<T>(Allocator<T>(free_));
}

Tensor::Tensor(Shape shape, bool requires_grad) : shape_(std::move(shape)), node_(std::make_shared<Node>()) {
  node_->values = std::make_shared<Storage>(size());
  node_->requires_grad = requires_grad;
}

Tensor::Tensor(const Shape& shape, BufferPool& pool, bool requires_grad)
    : shape_(shape), node_(pool.make<Node>()) {
  node_->values = pool.take(size());
  node_->pool = &pool;
  node_->requires_grad = requires_grad;
}

float* Tensor::grad_memory() {
  if (!node_->grad)
    node_->grad = node_->pool != nullptr ? node_->pool->take(size()) : std::make_shared<Storage>(size());
  return node_->grad->data();
}

float* Tensor::grad() {
  float* memory = grad_memory();
  if (!std::exchange(node_->has_grad, true)) std::fill_n(memory, size(), 0.0f);
  return memory;
}

Accumulator Tensor::grad_accumulator() {
  float* memory = grad_memory();
  return {memory, std::exchange(node_->has_grad, true)};
}

void Tensor::take_grad(Tensor& result) {
  if (node_->has_grad) {
    accumulate(grad_accumulator(), result.grad(), size());
  } else {
    result.grad();
    std::swap(node_->grad, result.node_->grad);
    std::swap(node_->has_grad, result.node_->has_grad);
  }
}

Tensor Tensor::reshape(Shape shape) const {
  if (element_count(shape) != size())
    throw std::invalid_argument("A tensor of shape " + to_string(shape_) + " cannot be reshaped to " +
                                to_string(shape) + ": the numbers of elements differ.");
  Tensor result = *this;
  result.shape_ = std::move(shape);
  return result;
}

MatrixView Tensor::matrix(bool transpose) const {
  return transpose ? transposed(data(), width()) : row_major(data(), width());
}

PackedMatrix Tensor::packed(bool transpose) const {
  const std::size_t k = transpose ? width() : rows(), n = transpose ? rows() : width();
  auto& kept = node_->packed[transpose];
  if (!kept) kept = std::make_unique<Packed>();
  if (kept->version != node_->version) {
    kept->panels.resize(packed_size(k, n));
    pack(kept->panels.data(), matrix(transpose), k, n);
    kept->version = node_->version;
  }
  return {kept->panels.data(), kPanel * k};
}

Int8Matrix Tensor::quantized(bool transpose) const {
  const std::size_t k = transpose ? width() : rows(), n = transpose ? rows() : width();
  auto& kept = node_->quantized[transpose];
  if (!kept) kept = std::make_unique<Quantized>();
  if (kept->version != node_->version) {
    kept->panels.resize(int8_size(k, n));
    kept->scales.resize(int8_scales(n));
    quantize(kept->panels.data(), kept->scales.data(), matrix(transpose), k, n);
    kept->version = node_->version;
  }
  return {kept->panels.data(), kept->scales.data()};
}

}  // namespace mini_llm
