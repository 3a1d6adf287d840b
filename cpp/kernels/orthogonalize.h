#pragma once
// Newton-Schulz iteration towards the nearest matrix with orthonormal rows, with matrix products alone. Muon
// (Jordan et al. 2024) applies it to its updates.
#include <cstddef>

namespace mini_llm {

/// x [m, n], m <= n, becomes roughly U·Vᵀ of its singular value decomposition: singular values of at least
/// about a hundredth of x's norm end between 0.7 and 1.3. On the calling thread; zeros stay zeros.
void orthogonalize(float* x, std::size_t m, std::size_t n);

/// Floating-point operations of one call.
double orthogonalize_flops(std::size_t m, std::size_t n);

}  // namespace mini_llm
