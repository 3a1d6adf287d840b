#include "kernels/self_check.h"

#include <gtest/gtest.h>

namespace mini_llm {
namespace {

TEST(SelfCheck, PassesHere) { EXPECT_EQ(kernel_self_check(0.02), ""); }

}  // namespace
}  // namespace mini_llm
