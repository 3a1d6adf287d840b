#pragma once
// The model as an ONNX graph with a key-value cache, which onnxruntime and transformers.js run.
#include <string>

#include "io/file_output.h"
#include "nn/gpt.h"

namespace mini_llm {

enum class OnnxType { f32, q8 };

/// Inputs, for any batch B, time T and number P of cached tokens: input_ids and position_ids [B, T],
/// attention_mask [B, P + T] with 0 for padding, which is on the left, and for each layer
/// past_key_values.i.key and .value [B, n_kv_head, P, head_dim]. Outputs: logits [B, T, vocab_size], and
/// present.i.key and .value [B, n_kv_head, P + T, head_dim]. Ids and mask are int64.
///
/// q8 stores matrices as int8 numbers with a float32 scale for each output; the graph multiplies them out.
/// Norms, biases and learned positions stay float32.
///
/// Shares the model's tensors. Throws std::invalid_argument if the file would have 2 GiB or more, or if the
/// model has another activation than its architecture's.
FileOutput write_onnx(const Gpt& gpt, const std::string& name, OnnxType type);

}  // namespace mini_llm
