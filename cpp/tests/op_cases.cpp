#include "tests/op_cases.h"

#include "kernels/rotary.h"
#include "tests/support.h"

namespace mini_llm::test {

namespace {

using Inputs = std::vector<Tensor>;

OpCase linear_case(std::size_t rows, std::size_t in, std::size_t out) {
  return {"linear", {{rows, in}, {in, out}, {out}}, [](Tape& t, const Inputs& x) {
            return linear(t, x[0], x[1], x[2]);
          }};
}

OpCase attention_case(std::size_t batch, std::size_t time, std::size_t n_head, std::size_t n_kv_head,
                      std::size_t head_dim) {
  return {"causal_attention",
          {{batch, time, (n_head + 2 * n_kv_head) * head_dim}},
          [=](Tape& t, const Inputs& x) { return causal_attention(t, x[0], n_head, n_kv_head); }};
}

/// `batch` sequences that begin at position 3.
OpCase rotary_case(std::size_t batch, std::size_t time, std::size_t n_head, std::size_t n_kv_head,
                   std::size_t head_dim) {
  return {"rotary",
          {{batch, time, (n_head + 2 * n_kv_head) * head_dim}, {head_dim}, {head_dim}},
          [=](Tape& t, const Inputs& x) {
            Floats frequencies(head_dim / 2);
            rotary_frequencies(frequencies.data(), head_dim, 50);
            Tensor table = t.make({time, head_dim});
            rotary_table(table.data(), 3, time, frequencies.data(), head_dim);
            return rotary(t, x[0], x[1], x[2], table, n_head);
          }};
}

OpCase loss_case(std::size_t vocab, std::size_t width, std::vector<std::int32_t> targets) {
  return {"lm_head_loss", {{targets.size(), width}, {vocab, width}}, [=](Tape& t, const Inputs& x) {
            return lm_head_loss(t, x[0], x[1], targets);
          }};
}

std::vector<OpCase> matrix_cases() {
  return {
      linear_case(1, 1, 1),
      linear_case(5, 7, 9),
      linear_case(3, 8, 16),
      {"linear, three dimensions",
       {{2, 3, 5}, {5, 4}, {4}},
       [](Tape& t, const Inputs& x) { return linear(t, x[0], x[1], x[2]); }},
      {"linear without bias",
       {{6, 3}, {3, 10}},
       [](Tape& t, const Inputs& x) { return linear(t, x[0], x[1], Tensor()); }},
      {"linear with a residual",
       {{2, 3, 5}, {5, 4}, {4}, {2, 3, 4}},
       [](Tape& t, const Inputs& x) { return linear(t, x[0], x[1], x[2], x[3]); }},
      {"linear onto its input",
       {{6, 5}, {5, 5}, {5}},
       [](Tape& t, const Inputs& x) { return linear(t, x[0], x[1], x[2], x[0]); }},
      {"linear with weight [out, in]",
       {{2, 3, 5}, {4, 5}, {4}, {2, 3, 4}},
       [](Tape& t, const Inputs& x) { return linear(t, x[0], x[1], x[2], x[3], Layout::out_in); }},
      {"fused_linear",
       {{2, 3, 5}, {4, 5}, {1, 5}, {9, 5}},
       [](Tape& t, const Inputs& x) { return fused_linear(t, x[0], {x[1], x[2], x[3]}); }},
      {"fused_linear beside its input",
       {{3, 6}, {4, 6}, {2, 6}},
       [](Tape& t, const Inputs& x) { return add(t, fused_linear(t, x[0], {x[1], x[2]}), x[0]); }},
      {"lm_head", {{2, 3, 5}, {11, 5}}, [](Tape& t, const Inputs& x) { return lm_head(t, x[0], x[1]); }},
  };
}

/// linear_with_activation, for every activation.
std::vector<OpCase> activation_cases() {
  std::vector<OpCase> cases;
  for (const Activation* activation : activations()) {
    const std::size_t n = activation->inputs();
    const std::string name = std::string(activation->name) + " and linear";
    const auto apply = [&a = *activation](Tape& t, const Inputs& x, Tensor bias, Tensor residual = {},
                                          Layout layout = Layout::in_out) {
      return linear_with_activation(t, a, x[0], x[1], bias, residual, layout);
    };
    cases.push_back(
        {name, {{5, 7 * n}, {7, 9}, {9}}, [=](Tape& t, const Inputs& x) { return apply(t, x, x[2]); }});
    cases.push_back({name + " with a residual",
                     {{2, 3, 5 * n}, {5, 4}, {4}, {2, 3, 4}},
                     [=](Tape& t, const Inputs& x) { return apply(t, x, x[2], x[3]); }});
    cases.push_back({name + " onto its input",
                     {{6, 5 * n}, {5, 5 * n}, {5 * n}},
                     [=](Tape& t, const Inputs& x) { return apply(t, x, x[2], x[0]); }});
    cases.push_back({name + " without bias and with weight [out, in]",
                     {{5, 7 * n}, {9, 7}, {5, 9}},
                     [=](Tape& t, const Inputs& x) { return apply(t, x, {}, x[2], Layout::out_in); }});
  }
  return cases;
}

std::vector<OpCase> elementwise_cases() {
  return {
      {"add", {{3, 7}, {3, 7}}, [](Tape& t, const Inputs& x) { return add(t, x[0], x[1]); }},
      {"add of a tensor to itself", {{5}}, [](Tape& t, const Inputs& x) { return add(t, x[0], x[0]); }},
      {"dropout", {{4, 9}}, [](Tape& t, const Inputs& x) { return dropout(t, x[0], 0.4f, {1, 2}); }},
      {"dropout of nothing", {{4, 9}}, [](Tape& t, const Inputs& x) { return dropout(t, x[0], 0, {1, 2}); }},
      {"reshape",
       {{4, 6}},
       [](Tape& t, const Inputs& x) {
         const Tensor reshaped = x[0].reshape({2, 3, 4});
         return add(t, reshaped, reshaped);
       }},
  };
}

std::vector<OpCase> row_cases() {
  const auto norm = [](Tape& t, const Inputs& x) { return layer_norm(t, x[0], x[1], x[2]); };
  const auto rms = [](Tape& t, const Inputs& x) { return rms_norm(t, x[0], x[1]); };
  return {
      {"layer_norm", {{5, 7}, {7}, {7}}, norm},
      {"layer_norm, three dimensions", {{2, 3, 12}, {12}, {12}}, norm},
      {"rms_norm", {{5, 7}, {7}}, rms},
      {"rms_norm, three dimensions", {{2, 3, 12}, {12}}, rms},
      {"embedding",
       {{5, 3}},
       [](Tape& t, const Inputs& x) {
         return embedding(t, x[0], std::vector<std::int32_t>{4, 0, 4, 2, 4, 1});
       }},
      attention_case(1, 1, 1, 1, 1),
      attention_case(1, 6, 2, 2, 3),
      attention_case(2, 9, 1, 1, 5),
      attention_case(1, 34, 1, 1, 2),
      attention_case(2, 5, 4, 2, 3),
      attention_case(1, 7, 3, 1, 4),
      rotary_case(1, 1, 1, 1, 2),
      rotary_case(2, 3, 2, 1, 6),
      rotary_case(1, 5, 2, 2, 8),
      loss_case(2, 1, {1}),
      loss_case(11, 5, {3, 0, 10, 3}),
      loss_case(9, 3, {3, -1, 8, -1, -1}),
  };
}

}  // namespace

const std::vector<OpCase>& op_cases() {
  static const std::vector<OpCase> cases = [] {
    std::vector<OpCase> all = matrix_cases();
    for (const auto& more : {activation_cases(), elementwise_cases(), row_cases()})
      all.insert(all.end(), more.begin(), more.end());
    return all;
  }();
  return cases;
}

std::vector<Tensor> make_inputs(const OpCase& op) {
  std::vector<Tensor> inputs;
  for (const Shape& shape : op.inputs) {
    const auto seed = static_cast<std::uint32_t>(inputs.size() + 1);
    inputs.push_back(random_tensor(shape, seed));
  }
  return inputs;
}

}  // namespace mini_llm::test
