#include "io/gguf.h"

#include <algorithm>
#include <cmath>
#include <span>
#include <stdexcept>

#include "io/arrays.h"
#include "io/q8_0.h"
#include "kernels/norm.h"
#include "nn/architecture.h"
#include "text/byte_characters.h"

namespace mini_llm {

namespace {

constexpr std::uint32_t kVersion = 3, kAlignment = 32, kQuantizationVersion = 2;
/// llama.cpp's numbers of a tensor's type and of a whole file's.
constexpr std::uint32_t kF32 = 0, kQ8 = 8, kFileOfF32 = 0, kFileOfQ8 = 7;

struct Name {
  std::string_view ours, gguf;
};
constexpr Name kGpt2Names[] = {{"wte", "token_embd"},       {"wpe", "position_embd"},
                               {"ln_f", "output_norm"},     {"ln_1", "attn_norm"},
                               {"attn.c_attn", "attn_qkv"}, {"attn.c_proj", "attn_output"},
                               {"ln_2", "ffn_norm"},        {"mlp.c_fc", "ffn_up"},
                               {"mlp.c_proj", "ffn_down"},  {kHead, "output"}};
constexpr Name kQwen3Names[] = {
    {"model.embed_tokens", "token_embd"}, {"model.norm", "output_norm"},
    {"input_layernorm", "attn_norm"},     {"self_attn.q_proj", "attn_q"},
    {"self_attn.k_proj", "attn_k"},       {"self_attn.v_proj", "attn_v"},
    {"self_attn.o_proj", "attn_output"},  {"self_attn.q_norm", "attn_q_norm"},
    {"self_attn.k_norm", "attn_k_norm"},  {"post_attention_layernorm", "ffn_norm"},
    {"mlp.gate_proj", "ffn_gate"},        {"mlp.up_proj", "ffn_up"},
    {"mlp.down_proj", "ffn_down"},        {kHead, "output"}};

/// "h.3.attn.c_attn.weight" -> "blk.3.attn_qkv.weight".
std::string gguf_name(const Architecture& arch, std::string_view name) {
  std::string block;
  if (name.starts_with(arch.names.block)) {
    name.remove_prefix(std::string_view(arch.names.block).size());
    const std::size_t number = name.find('.') + 1;
    block = "blk." + std::string(name.substr(0, number));
    name.remove_prefix(number);
  }
  const std::size_t dot = name.rfind('.');
  const std::span<const Name> names = arch.rotary ? std::span<const Name>(kQwen3Names) : kGpt2Names;
  const auto found =
      std::find_if(names.begin(), names.end(), [&](const Name& n) { return n.ours == name.substr(0, dot); });
  return block + std::string(found->gguf) + std::string(name.substr(dot));
}

void put_string(std::string& bytes, std::string_view text) {
  put(bytes, std::uint64_t{text.size()});
  bytes += text;
}

/// The keys and values at the head of a file, which it counts.
class Metadata {
 public:
  void add(std::string_view key, std::uint32_t value) { put(begin(key, kUint32), value); }
  void add(std::string_view key, float value) { put(begin(key, kFloat32), value); }
  void add(std::string_view key, bool value) { put(begin(key, kBool), value); }
  void add(std::string_view key, std::string_view text) { put_string(begin(key, kString), text); }
  /// text_of(i) for i below `count`.
  template <class TextOf>
  void add_texts(std::string_view key, std::size_t count, const TextOf& text_of) {
    begin_array(key, kString, count);
    for (std::size_t i = 0; i < count; ++i) put_string(bytes_, text_of(i));
  }
  /// number_of(i) for i below `count`.
  template <class NumberOf>
  void add_numbers(std::string_view key, std::size_t count, const NumberOf& number_of) {
    begin_array(key, kInt32, count);
    for (std::size_t i = 0; i < count; ++i) put(bytes_, std::int32_t{number_of(i)});
  }

  std::uint64_t count() const { return count_; }
  const std::string& bytes() const { return bytes_; }

 private:
  enum : std::uint32_t { kUint32 = 4, kInt32 = 5, kFloat32 = 6, kBool = 7, kString = 8, kArray = 9 };

  std::string& begin(std::string_view key, std::uint32_t type) {
    ++count_;
    put_string(bytes_, key);
    put(bytes_, type);
    return bytes_;
  }
  void begin_array(std::string_view key, std::uint32_t type, std::size_t size) {
    begin(key, kArray);
    put(bytes_, type);
    put(bytes_, std::uint64_t{size});
  }

  std::string bytes_;
  std::uint64_t count_ = 0;
};

void add_shape(Metadata& data, const ModelConfig& c, const Architecture& arch) {
  const std::string prefix = std::string(arch.name) + ".";
  const auto add = [&](const char* key, std::size_t n) {
    data.add(prefix + key, static_cast<std::uint32_t>(n));
  };
  add("context_length", c.seq_len);
  add("embedding_length", c.n_embd);
  add("block_count", c.n_layer);
  add("feed_forward_length", c.n_inner);
  add("attention.head_count", c.n_head);
  if (!arch.rotary) {
    data.add(prefix + "attention.layer_norm_epsilon", kLayerNormEps);
    return;
  }
  add("attention.head_count_kv", c.n_kv_head);
  add("attention.key_length", c.head_dim);
  add("attention.value_length", c.head_dim);
  data.add(prefix + "attention.layer_norm_rms_epsilon", kRmsNormEps);
  data.add(prefix + "rope.freq_base", static_cast<float>(c.rope_theta));
}

/// llama.cpp's numbers of a token's kind.
std::int32_t token_type(const Tokenizer& tokenizer, std::size_t id) {
  constexpr std::int32_t kNormal = 1, kControl = 3, kUserDefined = 4, kUnused = 5;
  if (id < tokenizer.first_extra()) return kNormal;
  switch (tokenizer.kind(id)) {
    case ExtraToken::Kind::text:
      return kUserDefined;
    case ExtraToken::Kind::special:
    case ExtraToken::Kind::end:
      return kControl;
    case ExtraToken::Kind::unused:
      break;
  }
  return kUnused;
}

/// As a vocabulary spells it; extra tokens stand as they are, and those without a text get a name.
std::string token_text(const Tokenizer& tokenizer, std::size_t id) {
  const std::string_view text = tokenizer.decode(static_cast<Token>(id));
  if (text.empty()) return "[PAD" + std::to_string(id) + "]";
  return id < tokenizer.first_extra() ? spelled(text) : std::string(text);
}

/// The first token that ends a text. Readers take token 11 if none is named; without one, this is the last
/// byte, which UTF-8 never has.
std::size_t end_token(const Tokenizer& tokenizer, std::size_t vocab_size) {
  for (std::size_t id = tokenizer.first_extra(); id < vocab_size; ++id)
    if (tokenizer.kind(id) == ExtraToken::Kind::end) return id;
  return std::min(vocab_size, Tokenizer::kBytes) - 1;
}

/// A byte-level tokenizer with our merges, perhaps none.
void add_tokenizer(Metadata& data, const Tokenizer& tokenizer, std::size_t vocab_size) {
  const auto text_of = [&](std::size_t id) { return token_text(tokenizer, id); };
  const std::vector<TokenPair>& merges = tokenizer.merges();
  const auto end = static_cast<std::uint32_t>(end_token(tokenizer, vocab_size));
  const std::string_view split = tokenizer.split() == Split::gpt2 ? "gpt-2" : "qwen2";
  data.add("tokenizer.ggml.model", std::string_view("gpt2"));
  data.add("tokenizer.ggml.pre", split);
  data.add_texts("tokenizer.ggml.tokens", vocab_size, text_of);
  data.add_numbers("tokenizer.ggml.token_type", vocab_size,
                   [&](std::size_t id) { return token_type(tokenizer, id); });
  data.add_texts("tokenizer.ggml.merges", merges.size(),
                 [&](std::size_t i) { return text_of(merges[i].first) + " " + text_of(merges[i].second); });
  data.add("tokenizer.ggml.add_bos_token", false);
  data.add("tokenizer.ggml.bos_token_id", end);
  data.add("tokenizer.ggml.eos_token_id", end);
}

/// A tensor in the file: [rows, width], or [width] alone.
struct Entry {
  Tensor tensor;
  bool transposed;  // [width, rows] in memory, as Conv1D's
  bool quantized;

  bool is_matrix() const { return tensor.shape().size() == 2; }
  std::size_t width() const { return tensor.shape()[is_matrix() && !transposed ? 1 : 0]; }
  std::size_t rows() const { return tensor.size() / width(); }
  std::uint64_t size() const { return quantized ? q8_0_size(tensor.size()) : bytes_of(tensor).size(); }
};

Entry entry_of(const NamedTensor& named, const Architecture& arch, GgufType type) {
  const auto& [name, tensor] = named;
  Entry entry{tensor, false, false};
  if (!entry.is_matrix()) return entry;
  entry.transposed = arch.layout == Layout::in_out && name.starts_with(arch.names.block);
  const bool positions = arch.names.positions != nullptr && name.starts_with(arch.names.positions);
  entry.quantized = type == GgufType::q8_0 && entry.width() % kQ8Block == 0 && !positions;
  return entry;
}

std::uint64_t aligned(std::uint64_t size) { return (size + kAlignment - 1) / kAlignment * kAlignment; }

/// The entry's line in the list of tensors: name, dimensions from the innermost, type and place.
void put_entry(std::string& list, const std::string& name, const Entry& entry, std::uint64_t at) {
  put_string(list, name);
  put(list, static_cast<std::uint32_t>(entry.tensor.shape().size()));
  put(list, std::uint64_t{entry.width()});
  if (entry.is_matrix()) put(list, std::uint64_t{entry.rows()});
  put(list, entry.quantized ? kQ8 : kF32);
  put(list, at);
}

/// The values of an entry, row by row.
std::string values_of(const void* source) {
  const Entry& entry = *static_cast<const Entry*>(source);
  const std::size_t width = entry.width(), rows = entry.rows();
  const float* values = entry.tensor.data();
  std::vector<float> row(width);
  std::string bytes;
  bytes.reserve(static_cast<std::size_t>(entry.size()));
  for (std::size_t r = 0; r < rows; ++r) {
    for (std::size_t i = 0; i < width; ++i)
      row[i] = entry.transposed ? values[i * rows + r] : values[r * width + i];
    if (entry.quantized)
      put_q8_0(bytes, row);
    else
      for (const float value : row) put(bytes, value);
  }
  return bytes;
}

void append(FileOutput& file, const Entry& entry) {
  if (entry.transposed || entry.quantized)
    file.append(entry.size(), std::make_shared<const Entry>(entry), values_of);
  else
    append_values(file, entry.tensor);
  file.append(std::string(static_cast<std::size_t>(aligned(entry.size()) - entry.size()), '\0'));
}

}  // namespace

FileOutput write_gguf(const LoadedModel& model, const std::string& name, GgufType type) {
  const ModelConfig& config = model.gpt->config();
  const Architecture& arch = architecture(config.arch);
  require_own_activation(config, "GGUF");
  FileOutput values;
  std::string list;
  bool quantized = false;
  const StateDict tensors = model.gpt->state_dict();
  for (const NamedTensor& tensor : tensors) {
    const Entry entry = entry_of(tensor, arch, type);
    put_entry(list, gguf_name(arch, tensor.first), entry, values.size());
    append(values, entry);
    quantized = quantized || entry.quantized;
  }

  Metadata data;
  data.add("general.architecture", std::string_view(arch.name));
  data.add("general.name", std::string_view(name));
  data.add("general.file_type", quantized ? kFileOfQ8 : kFileOfF32);
  data.add("general.quantization_version", kQuantizationVersion);
  add_shape(data, config, arch);
  add_tokenizer(data, *model.tokenizer, config.vocab_size);

  std::string head = "GGUF";
  put(head, kVersion);
  put(head, std::uint64_t{tensors.size()});
  put(head, data.count());
  head += data.bytes() + list;
  head.resize(static_cast<std::size_t>(aligned(head.size())), '\0');
  values.prepend(std::move(head));
  return values;
}

}  // namespace mini_llm
