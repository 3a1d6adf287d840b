// Module: names, state dicts and the switch between training and evaluation.
#include "nn/module.h"

#include <set>

#include "nn/layers.h"
#include "tests/support.h"

namespace mini_llm {
namespace {

using test::Floats;

/// A small tree: a linear layer and a child that holds a dropout.
struct Child : Module {
  Child() { register_module("drop", drop); }
  Dropout drop{0.5f};
};
struct Parent : Module {
  Parent() {
    register_module("fc", fc);
    register_module("child", child);
  }
  Linear fc{3, 2};
  Child child;
  Tensor scale = register_parameter("scale", {4});
};

std::vector<std::string> names(const StateDict& state) {
  std::vector<std::string> result;
  for (const auto& [name, tensor] : state) result.push_back(name);
  return result;
}

TEST(Module, NamesItsOwnParametersAndItsChildrens) {
  const Parent parent;
  EXPECT_EQ(names(parent.named_parameters()), (std::vector<std::string>{"scale", "fc.weight", "fc.bias"}));
  EXPECT_EQ(parent.parameters().size(), 3U);
  EXPECT_EQ(parent.n_parameters(), 4U + 6 + 2);
  for (const Tensor& parameter : parent.parameters()) EXPECT_TRUE(parameter.requires_grad());
}

TEST(Module, TrainAndEvalReachEveryChild) {
  Parent parent;
  EXPECT_TRUE(parent.training());
  parent.eval();
  EXPECT_FALSE(parent.training());
  EXPECT_FALSE(parent.fc.training());
  EXPECT_FALSE(parent.child.drop.training());
  parent.train();
  EXPECT_TRUE(parent.child.drop.training());
}

TEST(Module, EvalScopeRestoresThePreviousMode) {
  Parent parent;
  {
    const EvalScope eval(parent);
    EXPECT_FALSE(parent.child.drop.training());
    {
      const EvalScope nested(parent);
    }
    EXPECT_FALSE(parent.child.drop.training());
  }
  EXPECT_TRUE(parent.child.drop.training());
}

TEST(Module, AStateDictRoundTrips) {
  const auto from = test::tiny_model(1), to = test::tiny_model(2);
  EXPECT_FALSE(test::same_bits(test::weights_of(*to), test::weights_of(*from)));
  to->load_state_dict(from->state_dict());
  EXPECT_TRUE(test::same_bits(test::weights_of(*to), test::weights_of(*from)));
  // The values are copied, not shared.
  from->parameters()[0].data()[0] += 1;
  EXPECT_FALSE(test::same_bits(test::weights_of(*to), test::weights_of(*from)));
}

TEST(Module, AStateDictSharesTheModelsTensors) {
  const auto model = test::tiny_model();
  StateDict state = model->state_dict();
  state[0].second.data()[0] = 42;
  EXPECT_EQ(model->parameters()[0].data()[0], 42);
}

/// The message of loading a changed state dict; the model must stay unchanged.
std::string refusal(void (*change)(StateDict&)) {
  const auto model = test::tiny_model(1), other = test::tiny_model(2);
  const Floats before = test::weights_of(*model);
  StateDict state = other->state_dict();
  change(state);
  const std::string message = test::message_of<std::invalid_argument>([&] { model->load_state_dict(state); });
  EXPECT_TRUE(test::same_bits(test::weights_of(*model), before));
  return message;
}

TEST(Module, RefusesAStateDictThatDoesNotFitAndStaysUnchanged) {
  EXPECT_NE(refusal([](StateDict& s) { s.erase(s.begin() + 5); }).find("h.0.attn.c_attn.bias"),
            std::string::npos);
  EXPECT_NE(
      refusal([](StateDict& s) { s.emplace_back("lm_head.weight", s[0].second); }).find("lm_head.weight"),
      std::string::npos);
  const std::string shapes = refusal([](StateDict& s) { s[1].second = s[0].second; });
  EXPECT_NE(shapes.find("wpe.weight"), std::string::npos);
  EXPECT_NE(shapes.find("[256, 16]"), std::string::npos);
  EXPECT_NE(shapes.find("[16, 16]"), std::string::npos);
  refusal([](StateDict& s) { s.clear(); });
}

TEST(Module, LoadingChangesTheLogits) {
  const auto model = test::tiny_model(1), other = test::tiny_model(2);
  const auto logits = [](const Gpt& gpt) {
    Tape tape(Tape::Mode::inference);
    ForwardContext ctx{tape};
    return test::values_of(gpt.forward(ctx, {1, 2, 3}, 1));
  };
  EXPECT_FALSE(test::same_bits(logits(*model), logits(*other)));
  model->load_state_dict(other->state_dict());
  EXPECT_TRUE(test::same_bits(logits(*model), logits(*other)));
}

}  // namespace
}  // namespace mini_llm
