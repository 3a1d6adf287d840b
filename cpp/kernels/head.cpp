#include "kernels/head.h"

#include <algorithm>

#include "kernels/parallel.h"
#include "kernels/softmax.h"

namespace mini_llm {

namespace {

constexpr std::size_t kTaskRows = 4 * kTileRows;
constexpr std::size_t kBlockTasks = 4;  // of a block, or a multiple of it, so that threads share it evenly
/// About the logits of a block: 2 MB, in the caches of all threads.
constexpr std::size_t kBlockLogits = std::size_t{1} << 19;

}  // namespace

void head_cross_entropy(float* losses, HeadGradients gradients, const float* x, const HeadTable& head,
                        const std::int32_t* targets, std::size_t rows) {
  const std::size_t vocab = head.vocab, width = head.width, padded = ceil_div(vocab, 4) * 4;
  // A power of two would put the rows into the same places of a cache.
  const std::size_t stride = padded + 16;
  constexpr std::size_t kFewestRows = kBlockTasks * kTaskRows;
  const std::size_t block_rows = std::max<std::size_t>(1, kBlockLogits / stride / kFewestRows) * kFewestRows;
  float* logits = scratch(Scratch::logits, std::min(block_rows, rows) * stride);
  for (std::size_t first = 0; first < rows; first += block_rows) {
    const std::size_t count = std::min(block_rows, rows - first);
    const float* block_x = x + first * width;
    parallel_chunks(count, kTaskRows, [=, &head](std::size_t begin, std::size_t end) {
      float* from = logits + begin * stride;
      gemm_block({from, stride, head.bias}, row_major(block_x + begin * width, width), head.transposed,
                 end - begin, vocab, width);
      for (std::size_t row = begin; row < end; ++row)
        losses[first + row] = cross_entropy_in_place(logits + row * stride, vocab, padded,
                                                     targets[first + row], gradients.scale);
      if (gradients.dx != nullptr)
        gemm_block({gradients.dx + (first + begin) * width, width}, row_major(from, stride), head.table,
                   end - begin, width, vocab);
    });
    if (gradients.dtable != nullptr)
      gemm({gradients.dtable, width, nullptr, first == 0 ? nullptr : gradients.dtable},
           transposed(logits, stride), row_major(block_x, width), vocab, width, count);
  }
}

}  // namespace mini_llm
