#pragma once
#include <string>

namespace mini_llm {

/// Compares the kernels with plain chains of the same operations, bit for bit (int8 products with float
/// ones), for about `seconds`: an engine compiles code anew once it has run for a while. Empty, or a sentence
/// that names the kernel that differs. For engines that are told to compile in an experimental way (wide
/// builds).
std::string kernel_self_check(double seconds);

}  // namespace mini_llm
