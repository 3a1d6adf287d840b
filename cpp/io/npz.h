#pragma once
// numpy's format for several arrays: a ZIP archive of .npy files, read by numpy.load.
// https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html
#include "io/file_output.h"
#include "nn/module.h"

namespace mini_llm {

/// One float32 array for each tensor, uncompressed, under its name. Shares the tensors. Throws
/// std::invalid_argument if the archive would be larger than the 4 GB of a ZIP archive.
FileOutput write_npz(const StateDict& tensors);

}  // namespace mini_llm
