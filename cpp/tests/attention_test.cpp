// Causal attention against the reference, on odd sizes, and the cached form against the whole one.
#include "kernels/attention.h"

#include <cmath>

#include "tests/reference_support.h"

namespace mini_llm {
namespace {

using test::Doubles;
using test::Floats;

std::string describe(const AttentionShape& s) {
  return "batch " + std::to_string(s.batch) + ", time " + std::to_string(s.time) + ", " +
         std::to_string(s.n_head) + " heads of " + std::to_string(s.head_dim) + " on " +
         std::to_string(s.n_kv_head);
}

reference::Heads heads_of(const AttentionShape& s) { return {s.n_head, s.n_kv_head, s.head_dim}; }

/// Rows [first, last) of x [rows, width].
Floats rows_of(const Floats& x, std::size_t width, std::size_t first, std::size_t last) {
  const auto at = [&](std::size_t row) { return x.begin() + static_cast<std::ptrdiff_t>(row * width); };
  return {at(first), at(last)};
}

/// Runs both and compares everything.
void check(const AttentionShape& s) {
  SCOPED_TRACE(describe(s));
  const std::size_t rows = s.batch * s.time, n = rows * s.width();
  const Floats qkv = test::random_floats(rows * s.qkv_width(), 1), dout = test::random_floats(n, 2);
  Floats out(n), log_sum_exp(rows * s.n_head), dqkv = test::random_floats(qkv.size(), 3);
  Doubles expected_out, expected_sums, expected_gradient;
  for (std::size_t first = 0; first < rows; first += s.time) {  // sequence by sequence
    const auto sequence = [&](const Floats& x, std::size_t width) {
      return test::matrix_of(rows_of(x, width, first, first + s.time), width);
    };
    const auto append = [](Doubles& to, const Doubles& more) {
      to.insert(to.end(), more.begin(), more.end());
    };
    const reference::Matrix x = sequence(qkv, s.qkv_width());
    const reference::Attention expected = reference::attention(x, heads_of(s));
    append(expected_out, test::flat(expected.out));
    append(expected_sums, test::flat(expected.log_sum_exp));
    append(expected_gradient,
           test::added(rows_of(dqkv, s.qkv_width(), first, first + s.time),
                       reference::attention_backward(sequence(dout, s.width()), x, heads_of(s))));
  }
  attention_forward(out.data(), log_sum_exp.data(), qkv.data(), s);
  attention_backward(dqkv.data(), dout.data(), out.data(), qkv.data(), log_sum_exp.data(), s);
  ASSERT_TRUE(test::near(out, expected_out, 3e-6));
  ASSERT_TRUE(test::near(log_sum_exp, expected_sums, 3e-6));
  ASSERT_TRUE(test::near(dqkv, expected_gradient, 2e-5));
}

TEST(Attention, EqualsTheReferenceOnEveryShortTime) {
  for (std::size_t time = 1; time <= 37; ++time)
    for (std::size_t head_dim : {5, 8, 16, 33}) check({1, time, 2, head_dim});
}

TEST(Attention, EqualsTheReferenceForSeveralSequencesAndHeads) {
  check({3, 13, 3, 6});
  check({2, 66, 2, 1});
}

TEST(Attention, EqualsTheReferenceWhereSeveralHeadsShareKeysAndValues) {
  for (std::size_t time : {1, 5, 33}) {
    check({2, time, 4, 6, 2});
    check({1, time, 6, 5, 2});
    check({1, time, 3, 8, 1});
  }
}

TEST(Attention, EqualsTheReferencePastTheBlocksOfTheKernels) {
  check({1, 300, 1, 8});
  check({1, 64, 1, 40});
}

TEST(Attention, StaleScratchMemoryDoesNotShow) {
  const AttentionShape large{1, 50, 1, 32};
  Floats qkv(50 * 96, std::nanf("")), out(50 * 32), sums(50), dqkv(50 * 96);
  attention_forward(out.data(), sums.data(), qkv.data(), large);
  attention_backward(dqkv.data(), out.data(), out.data(), qkv.data(), sums.data(), large);
  for (std::size_t time : {1, 3, 9, 35}) check({1, time, 1, 5});
}

TEST(Attention, TheNumberOfThreadsDoesNotChangeTheBits) {
  const AttentionShape s{3, 21, 6, 9, 3};
  const std::size_t n = s.batch * s.time * s.width();
  const Floats qkv = test::random_floats(s.batch * s.time * s.qkv_width(), 4),
               dout = test::random_floats(n, 5);
  Floats first_out, first_gradient;
  for (int threads = 1; threads <= 4; ++threads) {
    const test::ThreadScope scope(threads);
    Floats out(n), sums(s.batch * s.n_head * s.time), dqkv(qkv.size(), 0.0f);
    attention_forward(out.data(), sums.data(), qkv.data(), s);
    attention_backward(dqkv.data(), dout.data(), out.data(), qkv.data(), sums.data(), s);
    if (threads == 1) first_out = out, first_gradient = dqkv;
    EXPECT_TRUE(test::same_bits(out, first_out)) << threads;
    EXPECT_TRUE(test::same_bits(dqkv, first_gradient)) << threads;
  }
}

/// Feeds qkv [time, qkv_width] through caches with room for `capacity`, in steps of the given lengths, the
/// last one repeated.
Floats cached(const Floats& qkv, const AttentionShape& s, std::size_t capacity,
              const std::vector<std::size_t>& steps) {
  const std::size_t size = head_cache_size(capacity, s.head_dim);
  Floats storage(s.n_kv_head * size, 0.0f), out(s.time * s.width());
  std::vector<HeadCache> heads;
  for (std::size_t h = 0; h < s.n_kv_head; ++h)
    heads.push_back({&storage[h * size], &storage[h * size + packed_size(s.head_dim, capacity)], capacity});
  std::size_t past = 0;
  for (std::size_t i = 0; past < s.time; ++i) {
    const std::size_t time = std::min(steps[std::min(i, steps.size() - 1)], s.time - past);
    attention_cached(&out[past * s.width()], &qkv[past * s.qkv_width()], heads.data(), past,
                     {1, time, s.n_head, s.head_dim, s.n_kv_head});
    past += time;
  }
  return out;
}

TEST(CachedAttention, GivesTheSameBitsHoweverTheSequenceIsSplit) {
  for (const AttentionShape& s : {AttentionShape{1, 37, 2, 5}, AttentionShape{1, 37, 1, 33},
                                  AttentionShape{1, 270, 1, 8}, AttentionShape{1, 37, 6, 6, 2}}) {
    SCOPED_TRACE(describe(s));
    const Floats qkv = test::random_floats(s.time * s.qkv_width(), 6);
    Floats whole(s.time * s.width()), sums(s.n_head * s.time);
    attention_forward(whole.data(), sums.data(), qkv.data(), s);
    for (const std::vector<std::size_t>& steps :
         {std::vector<std::size_t>{1}, {s.time}, {5, 1}, {7, 3, 2}, {8, 8, 1}, {254, 1}, {2, 11, 4}})
      EXPECT_TRUE(test::same_bits(cached(qkv, s, s.time + 3, steps), whole))
          << "in steps of " << steps[0] << ", …";
  }
}

TEST(CachedAttention, AFullRingSeesTheLastOnesAndNoOthers) {
  for (const std::size_t capacity : {1, 2, 7, 8, 13}) {
    const AttentionShape s{1, 41, 4, 6, 2};
    SCOPED_TRACE("a ring of " + std::to_string(capacity));
    const Floats qkv = test::random_floats(s.time * s.qkv_width(), 7);
    const Floats out = cached(qkv, s, capacity, {1});
    const reference::Matrix x = test::matrix_of(qkv, s.qkv_width());
    EXPECT_TRUE(test::near(out, test::flat(reference::attention(x, heads_of(s), capacity).out), 3e-6));
    for (const std::vector<std::size_t>& steps : {std::vector<std::size_t>{s.time}, {5, 1}, {7, 30}, {3}})
      EXPECT_TRUE(test::same_bits(cached(qkv, s, capacity, steps), out))
          << "in steps of " << steps[0] << ", …";
  }
}

TEST(CachedAttention, GivesEachSequenceOfABatchTheSameBitsAsAlone) {
  const AttentionShape alone{1, 9, 2, 5, 2};
  const std::size_t batch = 3, row = 3 * alone.width(), size = head_cache_size(alone.time, alone.head_dim);
  Floats storage(batch * alone.n_head * size, 0.0f);
  std::vector<HeadCache> heads;
  for (std::size_t i = 0; i < batch * alone.n_head; ++i)
    heads.push_back(
        {&storage[i * size], &storage[i * size + packed_size(alone.head_dim, alone.time)], alone.time});
  const Floats qkv = test::random_floats(batch * alone.time * row, 8);  // [batch, time, 3C]
  Floats together(batch * alone.time * alone.width());
  for (std::size_t past = 0; past < alone.time; past += 3) {  // [batch, 3, 3C] at a time
    Floats some(batch * 3 * row), out(batch * 3 * alone.width());
    for (std::size_t b = 0; b < batch; ++b)
      std::copy_n(&qkv[(b * alone.time + past) * row], 3 * row, &some[b * 3 * row]);
    attention_cached(out.data(), some.data(), heads.data(), past,
                     {batch, 3, alone.n_head, alone.head_dim, alone.n_kv_head});
    for (std::size_t b = 0; b < batch; ++b)
      std::copy_n(&out[b * 3 * alone.width()], 3 * alone.width(),
                  &together[(b * alone.time + past) * alone.width()]);
  }
  for (std::size_t b = 0; b < batch; ++b) {
    const auto first = static_cast<std::ptrdiff_t>(b * alone.time);
    const auto last = first + static_cast<std::ptrdiff_t>(alone.time);
    const auto part = [&](const Floats& all, std::size_t width) {
      const auto w = static_cast<std::ptrdiff_t>(width);
      return Floats(all.begin() + first * w, all.begin() + last * w);
    };
    EXPECT_TRUE(
        test::same_bits(part(together, alone.width()), cached(part(qkv, row), alone, alone.time, {1})))
        << b;
  }
}

}  // namespace
}  // namespace mini_llm
