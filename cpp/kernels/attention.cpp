#include "kernels/attention.h"

#include <algorithm>

#include "kernels/math.h"
#include "kernels/parallel.h"
#include "kernels/softmax.h"

namespace mini_llm {

namespace {

std::size_t round_up(std::size_t n) { return panels(n) * kPanel; }

/// Softmax scale 1/sqrt(head_dim).
float score_scale(std::size_t head_dim) { return 1.0f / __builtin_sqrtf(static_cast<float>(head_dim)); }

void scale_row(float* row, std::size_t n, float factor) {
  std::size_t i = 0;
  for (; i + 4 <= n; i += 4) store(row + i, load(row + i) * splat(factor));
  for (; i < n; ++i) row[i] *= factor;
}

float dot_product(const float* a, const float* b, std::size_t n) {
  f32x4 sum = splat(0);
  std::size_t i = 0;
  for (; i + 4 <= n; i += 4) sum = sum + load(a + i) * load(b + i);
  float total = sum_lanes(sum);
  for (; i < n; ++i) total += a[i] * b[i];
  return total;
}

/// A head's keys and values in packed form. The scale of the scores is in the keys.
struct PackedHead {
  PackedMatrix keys;    // [head_dim, time]
  PackedMatrix values;  // [time, head_dim]
};

/// Rows of queries that start at position `first`: scores against the keys up to each row's own position,
/// softmax, and the weighted sum of values. scores has room for kTileRows rows of `score_stride` floats.
void attend(float* out, float* log_sum_exp, MatrixView queries, std::size_t out_stride,
            const PackedHead& head, std::size_t first, std::size_t rows, std::size_t head_dim, float* scores,
            std::size_t score_stride) {
  for (std::size_t i = 0; i < rows; i += kTileRows) {
    const std::size_t count = std::min(kTileRows, rows - i);
    const std::size_t keys = first + i + count;  // what the tile's last row sees
    const std::size_t padded = round_up(keys);
    gemm_block({scores, score_stride}, {queries.data + i * queries.row_stride, queries.row_stride, 1},
               head.keys, count, padded, head_dim);
    SoftmaxSums sums[kTileRows];
    for (std::size_t r = 0; r < count; ++r)
      sums[r] = exponentials(scores + r * score_stride, first + i + r + 1, padded);
    gemm_block({out + i * out_stride, out_stride}, row_major(scores, score_stride), head.values, count,
               head_dim, keys);
    for (std::size_t r = 0; r < count; ++r) {
      scale_row(out + (i + r) * out_stride, head_dim, 1.0f / sums[r].sum);
      if (log_sum_exp != nullptr) log_sum_exp[i + r] = sums[r].max + static_cast<float>(log(sums[r].sum));
    }
  }
}

/// One (batch, head) pair's places in qkv and its like.
struct HeadView {
  std::size_t qkv_stride;  // between times
  std::size_t out_stride;
  std::size_t qkv_offset;  // of the queries; keys and values follow at +C and +2C
  std::size_t out_offset;
  std::size_t lse_offset;

  HeadView(const AttentionShape& s, std::size_t index)
      : qkv_stride(3 * s.width()),
        out_stride(s.width()),
        qkv_offset(index / s.n_head * s.time * qkv_stride + index % s.n_head * s.head_dim),
        out_offset(index / s.n_head * s.time * out_stride + index % s.n_head * s.head_dim),
        lse_offset(index * s.time) {}
};

/// Hands out consecutive pieces of one block of scratch memory.
class Pieces {
 public:
  explicit Pieces(float* data) : next_(data) {}
  float* take(std::size_t n) {
    float* piece = next_;
    next_ += n;
    return piece;
  }

 private:
  float* next_;
};

}  // namespace

void attention_forward(float* out, float* log_sum_exp, const float* qkv, AttentionShape s) {
  parallel_for(s.batch * s.n_head, [=](std::size_t index) {
    const HeadView view(s, index);
    const std::size_t padded = round_up(s.time);
    const std::size_t key_floats = packed_size(s.head_dim, s.time);
    const std::size_t value_floats = packed_size(s.time, s.head_dim);
    Pieces pieces(scratch(Scratch::attention, key_floats + value_floats + kTileRows * padded));
    float* keys = pieces.take(key_floats);
    float* values = pieces.take(value_floats);
    float* scores = pieces.take(kTileRows * padded);
    const float* q = qkv + view.qkv_offset;
    pack_here(keys, transposed(q + s.width(), view.qkv_stride), s.head_dim, s.time, score_scale(s.head_dim));
    pack_here(values, row_major(q + 2 * s.width(), view.qkv_stride), s.time, s.head_dim);
    attend(out + view.out_offset, log_sum_exp + view.lse_offset, row_major(q, view.qkv_stride),
           view.out_stride, {{keys, kPanel * s.head_dim}, {values, kPanel * s.time}}, 0, s.time, s.head_dim,
           scores, padded);
  });
}

namespace {

/// One head's share of the backward pass: where its inputs and gradients lie, and its scratch memory.
struct HeadBackward {
  AttentionShape shape;
  HeadView view;
  const float *q, *k, *v;  // time rows of head_dim floats, qkv_stride apart
  const float *out, *dout, *log_sum_exp;
  Gradient dq, dk, dv;
  std::size_t stride;               // of the two score matrices' rows
  float *weights, *dscores;         // [time, stride]: softmax(scores), and the gradient of the scores
  float *keys, *values;             // packed [head_dim, time]: scale·k and v
  float *keys_t, *queries, *grads;  // packed [time, head_dim]: scale·k, scale·q and dout

  /// Row by row: P = exp(q·scale·k - lse), dP = dout·v, dS = P·(dP - dout·out), dq = dS·scale·k.
  void rows() const {
    const std::size_t time = shape.time, dim = shape.head_dim;
    for (std::size_t i = 0; i < time; i += kTileRows) {
      const std::size_t count = std::min(kTileRows, time - i), seen = i + count, padded = round_up(seen);
      gemm_block({weights + i * stride, stride}, row_major(q + i * view.qkv_stride, view.qkv_stride),
                 {keys, kPanel * dim}, count, padded, dim);
      gemm_block({dscores + i * stride, stride}, row_major(dout + i * view.out_stride, view.out_stride),
                 {values, kPanel * dim}, count, padded, dim);
      for (std::size_t r = i; r < seen; ++r) row(r, padded);
      gemm_block(rows_of(dq, i), row_major(dscores + i * stride, stride), {keys_t, kPanel * time}, count, dim,
                 seen);
    }
  }

  /// From its row i on, where a product of matrices leaves its part of a gradient.
  Output rows_of(Gradient gradient, std::size_t i) const {
    const Gradient from = gradient + i * view.qkv_stride;
    return {from.data, view.qkv_stride, nullptr, from.so_far()};
  }

  /// From scores and dP to P and dS in place, zeros where the mask hides keys.
  void row(std::size_t r, std::size_t padded) const {
    const std::size_t at = r * view.out_stride;
    const f32x4 lse = splat(log_sum_exp[r]), dot = splat(dot_product(dout + at, out + at, shape.head_dim));
    float* p = weights + r * stride;
    float* ds = dscores + r * stride;
    for (std::size_t j = 0; j < padded; j += 4) {
      const f32x4 weight = exp(load(p + j) - lse);
      store(p + j, weight);
      store(ds + j, weight * (load(ds + j) - dot));
    }
    std::fill(p + r + 1, p + padded, 0.0f);
    std::fill(ds + r + 1, ds + padded, 0.0f);
  }

  /// In blocks of keys: dk = dSᵀ·scale·q and dv = Pᵀ·dout, over the rows at or below the diagonal.
  void columns() const {
    constexpr std::size_t kKeys = 32;
    const std::size_t time = shape.time, dim = shape.head_dim;
    for (std::size_t j = 0; j < time; j += kKeys) {
      const std::size_t count = std::min(kKeys, time - j), end = j + count;
      // The block's first rows were written only as far as their own tile sees.
      for (std::size_t i = j; i < end; ++i)
        for (std::size_t c = round_up(std::min(i / kTileRows * kTileRows + kTileRows, time)); c < end; ++c)
          weights[i * stride + c] = dscores[i * stride + c] = 0;
      const auto add_product = [&](Gradient to, const float* scores, const float* packed) {
        gemm_block(rows_of(to, j), transposed(scores + j * stride + j, stride),
                   {packed + j * kPanel, kPanel * time}, count, dim, time - j);
      };
      add_product(dk, dscores, queries);
      add_product(dv, weights, grads);
    }
  }
};

}  // namespace

void attention_backward(Gradient dqkv, const float* dout, const float* out, const float* qkv,
                        const float* log_sum_exp, AttentionShape s) {
  parallel_for(s.batch * s.n_head, [=](std::size_t index) {
    const HeadView view(s, index);
    const std::size_t width = s.width(), stride = round_up(s.time) + kPanel;
    const std::size_t by_dim = packed_size(s.head_dim, s.time), by_time = packed_size(s.time, s.head_dim);
    Pieces pieces(scratch(Scratch::attention, 2 * by_dim + 3 * by_time + 2 * s.time * stride));
    const float* q = qkv + view.qkv_offset;
    const Gradient dq = dqkv + view.qkv_offset;
    const HeadBackward head{.shape = s,
                            .view = view,
                            .q = q,
                            .k = q + width,
                            .v = q + 2 * width,
                            .out = out + view.out_offset,
                            .dout = dout + view.out_offset,
                            .log_sum_exp = log_sum_exp + view.lse_offset,
                            .dq = dq,
                            .dk = dq + width,
                            .dv = dq + 2 * width,
                            .stride = stride,
                            .weights = pieces.take(s.time * stride),
                            .dscores = pieces.take(s.time * stride),
                            .keys = pieces.take(by_dim),
                            .values = pieces.take(by_dim),
                            .keys_t = pieces.take(by_time),
                            .queries = pieces.take(by_time),
                            .grads = pieces.take(by_time)};
    const float scale = score_scale(s.head_dim);
    pack_here(head.keys, transposed(head.k, view.qkv_stride), s.head_dim, s.time, scale);
    pack_here(head.values, transposed(head.v, view.qkv_stride), s.head_dim, s.time);
    pack_here(head.keys_t, row_major(head.k, view.qkv_stride), s.time, s.head_dim, scale);
    pack_here(head.queries, row_major(head.q, view.qkv_stride), s.time, s.head_dim, scale);
    pack_here(head.grads, row_major(head.dout, view.out_stride), s.time, s.head_dim);
    head.rows();
    head.columns();
  });
}

void attention_cached(float* out, const float* qkv, const HeadCache* heads, std::size_t past,
                      AttentionShape s) {
  const auto one_head = [=](std::size_t index) {
    const HeadView view(s, index);
    const HeadCache& cache = heads[index];
    const float scale = score_scale(s.head_dim);
    const float* q = qkv + view.qkv_offset;
    for (std::size_t t = 0; t < s.time; ++t) {
      const std::size_t at = past + t;
      const float* k = q + s.width() + t * view.qkv_stride;
      const float* v = k + s.width();
      float* key_column = cache.keys + at / kPanel * kPanel * s.head_dim + at % kPanel;
      for (std::size_t d = 0; d < s.head_dim; ++d) {
        key_column[d * kPanel] = k[d] * scale;
        cache.values[d / kPanel * kPanel * cache.capacity + at * kPanel + d % kPanel] = v[d];
      }
    }
    const std::size_t padded = round_up(cache.capacity);  // at once, so that it need not grow later
    float* scores = scratch(Scratch::attention, kTileRows * padded);
    attend(out + view.out_offset, nullptr, row_major(q, view.qkv_stride), view.out_stride,
           {{cache.keys, kPanel * s.head_dim}, {cache.values, kPanel * cache.capacity}}, past, s.time,
           s.head_dim, scores, padded);
  };
  parallel_for(s.batch * s.n_head, one_head, 2 * s.batch * s.time * (past + s.time) * s.width());
}

}  // namespace mini_llm
