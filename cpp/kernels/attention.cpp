#include "kernels/attention.h"

#include <algorithm>
#include <utility>

#include "kernels/math.h"
#include "kernels/parallel.h"
#include "kernels/softmax.h"

namespace mini_llm {

namespace {

std::size_t round_up(std::size_t n) { return panels(n) * kPanel; }

/// Softmax scale 1/sqrt(head_dim).
float score_scale(std::size_t head_dim) { return 1.0f / __builtin_sqrtf(static_cast<float>(head_dim)); }

float dot_product(const float* a, const float* b, std::size_t n) {
  return sum_over(n, [=](auto lanes, std::size_t i) { return lanes.load(a + i) * lanes.load(b + i); });
}

/// A head's keys and values in packed form. The scale of the scores is in the keys.
struct PackedHead {
  PackedMatrix keys;    // [head_dim, time]
  PackedMatrix values;  // [time, head_dim]
};

/// Rows of queries that start at position `first`: scores against the keys up to each row's own position,
/// softmax, and the weighted sum of values. scores: room for kTileRows rows of `score_stride` floats.
void attention_rows(float* out, float* log_sum_exp, MatrixView queries, std::size_t out_stride,
                    const PackedHead& head, std::size_t first, std::size_t rows, std::size_t head_dim,
                    float* scores, std::size_t score_stride) {
  for (std::size_t i = 0; i < rows; i += kTileRows) {
    const std::size_t count = std::min(kTileRows, rows - i);
    const std::size_t keys = first + i + count;  // seen by the tile's last row
    const std::size_t padded = round_up(keys);
    gemm_block({scores, score_stride}, {queries.data + i * queries.row_stride, queries.row_stride, 1},
               head.keys, count, padded, head_dim);
    SoftmaxSums sums[kTileRows];
    causal_exponentials(sums, scores, score_stride, count, first + i + 1, padded);
    gemm_block({out + i * out_stride, out_stride}, row_major(scores, score_stride), head.values, count,
               head_dim, keys);
    for (std::size_t r = 0; r < count; ++r) {
      scale(out + (i + r) * out_stride, head_dim, 1.0f / sums[r].sum);
      if (log_sum_exp != nullptr) log_sum_exp[i + r] = sums[r].max + static_cast<float>(log(sums[r].sum));
    }
  }
}

/// Where one (batch, head of keys and values) pair lies in qkv, out and log_sum_exp. q, out and lse are those
/// of a query head: first that of the group's first one.
struct HeadView {
  std::size_t qkv_stride;  // between times
  std::size_t out_stride;
  std::size_t q, k, v;  // offsets in qkv
  std::size_t out;
  std::size_t lse;

  HeadView(const AttentionShape& s, std::size_t index) : qkv_stride(s.qkv_width()), out_stride(s.width()) {
    const std::size_t batch = index / s.n_kv_head, kv_head = index % s.n_kv_head;
    const std::size_t row = batch * s.time, head = kv_head * s.group();
    q = row * qkv_stride + head * s.head_dim;
    k = row * qkv_stride + (s.n_head + kv_head) * s.head_dim;
    v = k + s.n_kv_head * s.head_dim;
    out = row * out_stride + head * s.head_dim;
    lse = (batch * s.n_head + head) * s.time;
  }

  /// Moves to the group's next query head.
  void next_query(const AttentionShape& s) {
    q += s.head_dim;
    out += s.head_dim;
    lse += s.time;
  }
};

/// Hands out consecutive parts of one block of scratch memory.
class ScratchArena {
 public:
  explicit ScratchArena(float* data) : next_(data) {}
  float* take(std::size_t n) { return std::exchange(next_, next_ + n); }

 private:
  float* next_;
};

}  // namespace

void attention_forward(float* out, float* log_sum_exp, const float* qkv, AttentionShape s) {
  parallel_for(s.batch * s.n_kv_head, [=](std::size_t index) {
    HeadView view(s, index);
    const std::size_t padded = round_up(s.time);
    const std::size_t key_floats = packed_size(s.head_dim, s.time);
    const std::size_t value_floats = packed_size(s.time, s.head_dim);
    ScratchArena arena(scratch(Scratch::attention, key_floats + value_floats + kTileRows * padded));
    float* keys = arena.take(key_floats);
    float* values = arena.take(value_floats);
    float* scores = arena.take(kTileRows * padded);
    pack_here(keys, transposed(qkv + view.k, view.qkv_stride), s.head_dim, s.time, score_scale(s.head_dim));
    pack_here(values, row_major(qkv + view.v, view.qkv_stride), s.time, s.head_dim);
    for (std::size_t i = 0; i < s.group(); ++i, view.next_query(s))
      attention_rows(out + view.out, log_sum_exp + view.lse, row_major(qkv + view.q, view.qkv_stride),
                     view.out_stride, {{keys, kPanel * s.head_dim}, {values, kPanel * s.time}}, 0, s.time,
                     s.head_dim, scores, padded);
  });
}

namespace {

/// One task of the backward pass: the call's inputs and gradients, in which `view` finds the task's own, and
/// scratch memory.
struct BackwardTask {
  AttentionShape shape;
  HeadView view;
  const float *qkv, *out, *dout, *log_sum_exp;
  Accumulator dqkv;
  Accumulator dk, dv;
  std::size_t stride;               // of the two score matrices' rows
  float *weights, *dscores;         // [time, stride]: softmax(scores), and the gradient of the scores
  float *keys, *values;             // packed [head_dim, time]: scale·k and v
  float *keys_t, *queries, *grads;  // packed [time, head_dim]: scale·k, scale·q and dout

  void run() {
    const float scale = score_scale(shape.head_dim);
    const std::size_t time = shape.time, dim = shape.head_dim;
    pack_here(keys, transposed(qkv + view.k, view.qkv_stride), dim, time, scale);
    pack_here(values, transposed(qkv + view.v, view.qkv_stride), dim, time);
    pack_here(keys_t, row_major(qkv + view.k, view.qkv_stride), time, dim, scale);
    for (std::size_t i = 0; i < shape.group(); ++i, view.next_query(shape)) {
      pack_here(queries, row_major(qkv + view.q, view.qkv_stride), time, dim, scale);
      pack_here(grads, row_major(dout + view.out, view.out_stride), time, dim);
      rows();
      columns();
      dk.accumulate = dv.accumulate = true;  // the group's other heads add to the first one's gradient
    }
  }

 private:
  /// Row by row: P = exp(q·scale·k - lse), dP = dout·v, dS = P·(dP - dout·out), dq = dS·scale·k.
  void rows() const {
    const std::size_t time = shape.time, dim = shape.head_dim;
    const MatrixView q = row_major(qkv + view.q, view.qkv_stride);
    const MatrixView dout_rows = row_major(dout + view.out, view.out_stride);
    for (std::size_t i = 0; i < time; i += kTileRows) {
      const std::size_t count = std::min(kTileRows, time - i), seen = i + count, padded = round_up(seen);
      gemm_block({weights + i * stride, stride}, from_row(q, i), {keys, kPanel * dim}, count, padded, dim);
      gemm_block({dscores + i * stride, stride}, from_row(dout_rows, i), {values, kPanel * dim}, count,
                 padded, dim);
      for (std::size_t r = i; r < seen; ++r) row(r, padded);
      gemm_block(rows_of(dqkv + view.q, i), row_major(dscores + i * stride, stride), {keys_t, kPanel * time},
                 count, dim, seen);
    }
  }

  static MatrixView from_row(const MatrixView& m, std::size_t i) {
    return {m.data + i * m.row_stride, m.row_stride, m.col_stride};
  }

  /// A gradient's rows from row i on, as a matrix product's output.
  Output rows_of(Accumulator gradient, std::size_t i) const {
    const Accumulator from = gradient + i * view.qkv_stride;
    return {from.data, view.qkv_stride, nullptr, from.prior()};
  }

  /// Turns scores and dP into P and dS in place, with zeros where the mask hides keys.
  void row(std::size_t r, std::size_t padded) const {
    const std::size_t at = view.out + r * view.out_stride;
    const float lse = log_sum_exp[view.lse + r];
    const float dot = dot_product(dout + at, out + at, shape.head_dim);
    float* p = weights + r * stride;
    float* ds = dscores + r * stride;
    for_lanes(padded, [=](auto lanes, std::size_t j) {
      const auto weight = exp(lanes.load(p + j) - lse);
      lanes.store(p + j, weight);
      lanes.store(ds + j, weight * (lanes.load(ds + j) - dot));
    });
    std::fill(p + r + 1, p + padded, 0.0f);
    std::fill(ds + r + 1, ds + padded, 0.0f);
  }

  /// Block of keys by block: dk = dSᵀ·scale·q and dv = Pᵀ·dout, over the rows at or below the diagonal.
  void columns() const {
    constexpr std::size_t kKeys = 32;
    const std::size_t time = shape.time, dim = shape.head_dim;
    for (std::size_t j = 0; j < time; j += kKeys) {
      const std::size_t count = std::min(kKeys, time - j), end = j + count;
      // The block's first rows were written only as far as their own tile sees.
      for (std::size_t i = j; i < end; ++i)
        for (std::size_t c = round_up(std::min(i / kTileRows * kTileRows + kTileRows, time)); c < end; ++c)
          weights[i * stride + c] = dscores[i * stride + c] = 0;
      const auto add_product = [&](Accumulator to, const float* scores, const float* packed) {
        gemm_block(rows_of(to, j), transposed(scores + j * stride + j, stride),
                   {packed + j * kPanel, kPanel * time}, count, dim, time - j);
      };
      add_product(dk, dscores, queries);
      add_product(dv, weights, grads);
    }
  }
};

}  // namespace

void attention_backward(Accumulator dqkv, const float* dout, const float* out, const float* qkv,
                        const float* log_sum_exp, AttentionShape s) {
  parallel_for(s.batch * s.n_kv_head, [=](std::size_t index) {
    const HeadView view(s, index);
    const std::size_t stride = round_up(s.time) + kPanel;
    const std::size_t by_dim = packed_size(s.head_dim, s.time), by_time = packed_size(s.time, s.head_dim);
    ScratchArena arena(scratch(Scratch::attention, 2 * by_dim + 3 * by_time + 2 * s.time * stride));
    BackwardTask{.shape = s,
                 .view = view,
                 .qkv = qkv,
                 .out = out,
                 .dout = dout,
                 .log_sum_exp = log_sum_exp,
                 .dqkv = dqkv,
                 .dk = dqkv + view.k,
                 .dv = dqkv + view.v,
                 .stride = stride,
                 .weights = arena.take(s.time * stride),
                 .dscores = arena.take(s.time * stride),
                 .keys = arena.take(by_dim),
                 .values = arena.take(by_dim),
                 .keys_t = arena.take(by_time),
                 .queries = arena.take(by_time),
                 .grads = arena.take(by_time)}
        .run();
  });
}

namespace {

/// Writes one position's key and value to `place` in the ring.
void write_kv(const HeadCache& cache, std::size_t place, const float* k, const float* v,
              std::size_t head_dim) {
  const float scale = score_scale(head_dim);
  float* key_column = cache.keys + place / kPanel * kPanel * head_dim + place % kPanel;
  for (std::size_t d = 0; d < head_dim; ++d) {
    key_column[d * kPanel] = k[d] * scale;
    cache.values[d / kPanel * kPanel * cache.capacity + place * kPanel + d % kPanel] = v[d];
  }
}

}  // namespace

void attention_cached(float* out, const float* qkv, const HeadCache* heads, std::size_t past,
                      AttentionShape s) {
  const auto one_head = [=](std::size_t index) {
    const HeadCache& cache = heads[index];
    const std::size_t padded = round_up(cache.capacity);  // the most ever needed, so scratch grows once
    float* scores = scratch(Scratch::attention, kTileRows * padded);
    for (std::size_t t = 0, count = 0; t < s.time; t += count) {
      HeadView view(s, index);
      // Until the ring is full, all positions at once. Then one by one, because each overwrites a position
      // that earlier ones still see.
      const std::size_t at = past + t, last = cache.capacity - 1;
      count = at < cache.capacity ? std::min(s.time - t, cache.capacity - at) : 1;
      for (std::size_t i = t; i < t + count; ++i)
        write_kv(cache, (past + i) % cache.capacity, qkv + view.k + i * view.qkv_stride,
                 qkv + view.v + i * view.qkv_stride, s.head_dim);
      for (std::size_t i = 0; i < s.group(); ++i, view.next_query(s))
        attention_rows(out + view.out + t * view.out_stride, nullptr,
                       row_major(qkv + view.q + t * view.qkv_stride, view.qkv_stride), view.out_stride,
                       {{cache.keys, kPanel * s.head_dim}, {cache.values, kPanel * cache.capacity}},
                       std::min(at, last), count, s.head_dim, scores, padded);
    }
  };
  const std::size_t seen = std::min(past + s.time, heads[0].capacity);
  parallel_for(s.batch * s.n_kv_head, one_head, product_of(2, s.batch, s.time, seen, s.width()));
}

}  // namespace mini_llm
