#include "io/checkpoint.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <stdexcept>

#include "io/json.h"

namespace mini_llm {

namespace {

constexpr const char* kKey = "mini_llm";
constexpr int kVersion = 1;
constexpr std::string_view kOptimizer = "optimizer.", kBest = "best.";
constexpr std::string_view kLora = "lora.", kBase = "base.";  // among what belongs to the optimizer
constexpr const char* kLoraKind = "lora";                     // of a file
constexpr const char* kGpt2 = "gpt2";
constexpr const char* kUsualStart = "\n";

[[noreturn]] void refuse(const std::string& why) {
  throw std::invalid_argument("This file is not a mini-llm model that this version can read: " + why + ".");
}

[[noreturn]] void refuse_value(const char* name, const json& value) {
  refuse(std::string("its \"") + name + "\" is " + value.dump());
}

const json& field_of(const json& object, const char* name) {
  const auto found = object.find(name);
  if (found == object.end()) refuse(std::string("its \"") + name + "\" is missing");
  return *found;
}

/// Reads a field with its type checked, so that a foreign file is refused and never misread.
template <class T>
void read(const json& object, const char* name, T& value) {
  const json& found = field_of(object, name);
  bool fits = false;
  if constexpr (std::is_same_v<T, std::string>)
    fits = found.is_string();
  else if constexpr (std::is_same_v<T, bool>)
    fits = found.is_boolean();
  else if constexpr (std::is_floating_point_v<T>)
    fits = found.is_number();
  else
    fits = found.is_number_unsigned() && found.template get<std::uint64_t>() <= std::numeric_limits<T>::max();
  if (!fits) refuse_value(name, found);
  value = found.get<T>();
}

/// Writes each field of a described struct.
template <class Struct>
json fields_to_json(const Struct& values) {
  json object;
  Struct::describe([&](const char* name, auto member, const Rule&) { object[name] = values.*member; });
  return object;
}

/// Reads each field; what an older file lacks has the value that it meant then.
template <class Struct>
void read_fields(const json& object, Struct& values) {
  Struct::describe([&](const char* name, auto member, const Rule& rule) {
    auto& value = values.*member;
    using T = std::remove_cvref_t<decltype(value)>;
    if (object.contains(name)) return read(object, name, value);
    if constexpr (std::is_same_v<T, std::string>) {
      if (rule.text_when_absent != nullptr) return static_cast<void>(value = rule.text_when_absent);
    } else {
      if (rule.number_when_absent) return static_cast<void>(value = static_cast<T>(*rule.number_when_absent));
    }
    refuse(std::string("its \"") + name + "\" is missing");
  });
}

/// JSON has no NaN: an unknown loss is null.
json loss_to_json(double loss) { return std::isfinite(loss) ? json(loss) : json(); }
double loss_from_json(const json& object, const char* name) {
  const auto found = object.find(name);
  if (found == object.end() || found->is_null()) return std::numeric_limits<double>::quiet_NaN();
  if (!found->is_number()) refuse_value(name, *found);
  return found->get<double>();
}

void write_losses(json& object, const std::string& prefix, const Losses& losses) {
  Losses::describe([&](const char* name, auto member, const Rule&) {
    object[prefix + name] = loss_to_json(losses.*member);
  });
}
void read_losses(const json& object, const std::string& prefix, Losses& losses) {
  Losses::describe([&](const char* name, auto member, const Rule&) {
    losses.*member = loss_from_json(object, (prefix + name).c_str());
  });
}

json to_json(const std::vector<TokenPair>& merges) {
  json pairs = json::array();
  for (const auto& [first, second] : merges) {
    json& pair = pairs.emplace_back(json::array());
    pair.push_back(first);
    pair.push_back(second);
  }
  return pairs;
}

json start_to_json(const CheckpointInfo& info) {
  json tokens = json::array();
  for (const Token token : info.tokenizer->encode(info.start)) tokens.push_back(token);
  return tokens;
}

/// Value by value: lists in braces are several times as much code.
json to_json(const CheckpointInfo& info) {
  json object;
  object["version"] = kVersion;
  object["tokenizer"] = info.tokenizer->name();
  if (info.is_adapter) {
    object["kind"] = kLoraKind;
    object["base"] = info.base;
  }
  if (!info.tokenizer->merges().empty()) object["merges"] = to_json(info.tokenizer->merges());
  if (info.start != kUsualStart) object["start"] = start_to_json(info);
  object["config"] = fields_to_json(info.config);
  if (info.options) {
    object["options"] = fields_to_json(*info.options);
    const TrainOptions& o = *info.options;
    json& rng = object["rng"];
    rng["generator"] = "philox4x32-10";
    rng["seed"] = o.seed;
    const std::uint64_t passes = std::uint64_t{info.progress.step} * o.grad_accum;
    rng["counter"] = passes;
    object["data_position"] = passes * o.batch_size;  // windows drawn so far
  }
  object["step"] = info.progress.step;
  write_losses(object, "", info.progress.of_weights());
  object["val_step"] = info.progress.val_step;
  if (std::isfinite(info.progress.best.val_loss)) {
    write_losses(object, "best_", info.progress.best);
    object["best_step"] = info.progress.best_step;
    object["restored_best"] = info.progress.restored_best;
  }
  if (info.progress.patience_from > 0) object["patience_from"] = info.progress.patience_from;
  object["corpus_sha256"] = info.corpus_sha256;
  object["max_len"] = info.config.seq_len;  // a name that the format promises
  object["vocab_size"] = info.config.vocab_size;
  return object;
}

std::vector<TokenPair> merges_from_json(const json& object) {
  const auto found = object.find("merges");
  if (found == object.end() || !found->is_array() || found->empty()) refuse("its \"merges\" are missing");
  const auto is_token = [](const json& id) {
    return id.is_number_unsigned() && id.get<std::uint64_t>() < Tokenizer::kLargestVocabulary;
  };
  std::vector<TokenPair> merges;
  for (const json& pair : *found) {
    if (!pair.is_array() || pair.size() != 2 || !is_token(pair[0]) || !is_token(pair[1]))
      refuse("its merge " + std::to_string(merges.size()) + " is not a pair of tokens");
    merges.emplace_back(pair[0].get<Token>(), pair[1].get<Token>());
  }
  return merges;
}

TokenizerPtr tokenizer_from_json(const json& object) {
  std::string name;
  read(object, "tokenizer", name);
  if (name == "byte") return byte_tokenizer();
  if (name == "bpe") return std::make_shared<const Tokenizer>(merges_from_json(object));
  refuse("its tokenizer is \"" + name + "\"");
}

void read_progress(const json& object, Trainer::Progress& progress) {
  read_losses(object, "", progress.last);
  read(object, "val_step", progress.val_step);
  if (object.contains("patience_from")) read(object, "patience_from", progress.patience_from);
  read_losses(object, "best_", progress.best);
  if (!std::isfinite(progress.best.val_loss)) return;
  read(object, "best_step", progress.best_step);
  read(object, "restored_best", progress.restored_best);
  if (object.contains("best_val_bits_per_byte")) return;
  // These files have of the best evaluation the loss alone, unless the weights are its own.
  const Losses& last = progress.last;
  if (progress.restored_best)
    progress.best = last;
  else if (last.val_loss > 0)
    progress.best.val_bits_per_byte = last.val_bits_per_byte / last.val_loss * progress.best.val_loss;
}

void read_start(const json& object, CheckpointInfo& info) {
  if (!object.contains("start")) return;
  const json& tokens = object["start"];
  if (!tokens.is_array() || tokens.empty()) refuse_value("start", tokens);
  info.start.clear();
  for (const json& token : tokens) {
    if (!token.is_number_unsigned() || token.get<std::uint64_t>() >= info.config.vocab_size)
      refuse_value("start", tokens);
    info.start += info.tokenizer->decode(token.get<Token>());
  }
}

/// What fields were called in files of before: in "config" or, where that is null, in the metadata itself.
struct OldName {
  const char *where, *was, *is;
};
constexpr OldName kOldNames[] = {{"config", "max_len", "seq_len"}, {nullptr, "turned_back", "restored_best"}};

void rename_old_fields(json& object) {
  for (const auto& [where, was, is] : kOldNames) {
    json& fields = where == nullptr ? object : object[where];
    if (fields.is_object() && fields.contains(was) && !fields.contains(is)) fields[is] = fields[was];
  }
}

CheckpointInfo info_from_json(json object) {
  rename_old_fields(object);
  CheckpointInfo info;
  int version = 0;
  read(object, "version", version);
  if (version != kVersion) refuse("it is of format version " + std::to_string(version));
  if (object.contains("kind")) {
    std::string kind;
    read(object, "kind", kind);
    if (kind != kLoraKind) refuse_value("kind", kind);
    read(object, "base", info.base);
    info.is_adapter = true;
  }
  info.tokenizer = tokenizer_from_json(object);
  if (!object.contains("config") || !object["config"].is_object()) refuse("its \"config\" is missing");
  read_fields(object["config"], info.config);
  validate(info.config);
  info.config = with_defaults(info.config);
  // A model of bytes may know fewer than there are.
  const std::size_t known = info.tokenizer->vocab_size();
  if (info.config.vocab_size > known || (info.config.vocab_size < known && known > Tokenizer::kBytes))
    refuse("its vocab_size is " + std::to_string(info.config.vocab_size) + ", but its tokenizer's is " +
           std::to_string(known));
  if (object.contains("options")) {
    if (!object["options"].is_object()) refuse("its \"options\" are malformed");
    info.options.emplace();
    read_fields(object["options"], *info.options);
    validate(*info.options);
  }
  read(object, "step", info.progress.step);
  read_progress(object, info.progress);
  read_start(object, info);
  read(object, "corpus_sha256", info.corpus_sha256);
  return info;
}

/// What stands before a module's name in PEFT's files; transformers keeps GPT-2 within its language model.
std::string adapter_prefix(const ModelConfig& config) {
  return std::string("base_model.model.") + (config.arch == kGpt2 ? "transformer." : "");
}

/// Tells matrices from others, in whatever order they come: FNV-1a of each, word by word, added up.
std::uint32_t fingerprint(const StateDict& matrices) {
  std::uint32_t sum = 0;
  for (const auto& [name, matrix] : matrices) {
    std::uint32_t hash = 0x811C9DC5;
    for (std::size_t i = 0; i < matrix.size(); ++i)
      hash = (hash ^ std::bit_cast<std::uint32_t>(matrix.data()[i])) * 0x01000193;
    sum += hash;
  }
  return sum;
}

SafetensorsOutput write(const CheckpointInfo& info, const StateDict& tensors) {
  return write_safetensors({{kKey, to_json(info).dump()}}, tensors);
}

/// Takes out of the file what bears a prefix; names are given back without it.
StateDict take(std::map<std::string, Tensor>& tensors, std::string_view prefix) {
  StateDict result;
  for (auto at = tensors.begin(); at != tensors.end();) {
    const auto next = std::next(at);
    if (at->first.starts_with(prefix)) {
      result.emplace_back(at->first.substr(prefix.size()), at->second);
      tensors.erase(at);
    }
    at = next;
  }
  return result;
}

/// Before any tensor is looked at: what is wrong with a file of another program is that it is one.
CheckpointInfo read_info(std::string_view bytes) {
  const auto metadata = read_safetensors_metadata(bytes);
  const auto found = metadata.find(kKey);
  if (found == metadata.end())
    refuse("it has no mini_llm metadata, so another program wrote it or saved it anew without them");
  json object;
  if (const std::string wrong = parse_object(found->second, object); !wrong.empty())
    refuse("its metadata " + wrong);
  return info_from_json(std::move(object));
}

}  // namespace

SafetensorsOutput save_model(const LoadedModel& model) {
  CheckpointInfo info;
  info.config = model.gpt->config();
  info.tokenizer = model.tokenizer;
  info.start = model.start;
  return write(info, model.gpt->state_dict());
}

LoadedModel model_of(const Trainer& trainer) {
  return {trainer.model(), trainer.tokenizer(), trainer.start()};
}

SafetensorsOutput save_checkpoint(const Trainer& trainer) {
  if (trainer.failed()) return save_model(model_of(trainer));
  CheckpointInfo info;
  info.config = trainer.model()->config();
  info.tokenizer = trainer.tokenizer();
  info.start = trainer.start();
  info.options = trainer.options();
  info.progress = trainer.progress_to_save();
  info.corpus_sha256 = trainer.corpus_sha256();
  StateDict tensors = trainer.model()->state_dict();
  const auto append = [&](std::string_view prefix, const StateDict& more) {
    for (const auto& [name, tensor] : more) tensors.emplace_back(std::string(prefix) + name, tensor);
  };
  append(kOptimizer, trainer.optimizer().state_dict());
  append(kBest, trainer.best());
  return write(info, tensors);
}

Checkpoint read_checkpoint(std::string_view bytes) {
  Checkpoint checkpoint{read_info(bytes), {}, {}, {}};
  SafetensorsFile file = read_safetensors(bytes);
  if (checkpoint.info.is_adapter)
    refuse("it is an adapter, which is of use only with the model that it was made for");
  // A stated shape is believed only once the file is large enough to hold it.
  if (count_parameters(checkpoint.info.config) > bytes.size() / sizeof(float))
    refuse("it is too short for the model that it states");
  checkpoint.optimizer = take(file.tensors, kOptimizer);
  checkpoint.best = take(file.tensors, kBest);
  checkpoint.weights = StateDict(file.tensors.begin(), file.tensors.end());
  return checkpoint;
}

LoadedModel load_model(std::string_view bytes) {
  const Checkpoint checkpoint = read_checkpoint(bytes);
  auto model = std::make_shared<Gpt>(checkpoint.info.config);
  model->load_state_dict(checkpoint.weights);
  return {model, checkpoint.info.tokenizer, checkpoint.info.start};
}

namespace {

std::unique_ptr<Trainer> verified(std::unique_ptr<Trainer> trainer) {
  if (!trainer->verify())
    throw std::invalid_argument(
        "The weights in this file are NaN, infinite or far too large, so that the model can neither generate "
        "nor learn; go back to an earlier file.");
  return trainer;
}

}  // namespace

std::unique_ptr<Trainer> resume_trainer(std::string_view bytes, const TrainOptions& options,
                                        std::string_view corpus, const std::string& corpus_sha256) {
  const Checkpoint checkpoint = read_checkpoint(bytes);
  if (!checkpoint.info.options || checkpoint.optimizer.empty())
    throw std::invalid_argument(
        "This file holds weights only, without the optimizer's state, so training cannot go on from it.");
  if (checkpoint.info.progress.restored_best)
    throw std::invalid_argument("This run has ended with the weights of its best step, " +
                                std::to_string(checkpoint.info.progress.best_step) +
                                ", so it cannot go on; begin a new run from this model instead.");
  if (checkpoint.info.corpus_sha256 != corpus_sha256)
    throw std::invalid_argument("This run was trained on another text (SHA-256 " +
                                checkpoint.info.corpus_sha256 + ", this one has " + corpus_sha256 +
                                "); give the text that it was started with.");
  auto trainer = std::make_unique<Trainer>(checkpoint.info.config, options, corpus, corpus_sha256,
                                           checkpoint.info.tokenizer);
  trainer->restore(checkpoint.weights, checkpoint.optimizer, checkpoint.info.progress, checkpoint.best);
  return verified(std::move(trainer));
}

std::unique_ptr<Trainer> finetune_trainer(std::string_view bytes, const TrainOptions& options,
                                          std::string_view corpus, const std::string& corpus_sha256) {
  const Checkpoint checkpoint = read_checkpoint(bytes);
  return verified(std::make_unique<Trainer>(checkpoint.info.config, options, corpus, corpus_sha256,
                                            checkpoint.info.tokenizer, &checkpoint.weights));
}

SafetensorsOutput save_adapter(std::string_view bytes) {
  const Checkpoint checkpoint = read_checkpoint(bytes);
  CheckpointInfo info = checkpoint.info;
  StateDict base, factors;
  for (const auto& [name, tensor] : checkpoint.optimizer) {
    if (name.starts_with(kBase)) base.emplace_back(name, tensor);
    if (name.starts_with(kLora))
      factors.emplace_back(adapter_prefix(info.config) + name.substr(kLora.size()), tensor);
  }
  if (factors.empty())
    throw std::invalid_argument(
        "This file holds no adapter: only the file that a run with a lora_rank above 0 has saved holds one.");
  info.is_adapter = true;
  info.base = fingerprint(base);
  return write(info, factors);
}

void apply_adapter(const LoadedModel& model, std::string_view bytes) {
  const CheckpointInfo info = read_info(bytes);
  const SafetensorsFile file = read_safetensors(bytes);
  if (!info.is_adapter || !info.options || info.options->lora_rank == 0) refuse("it is not an adapter");
  if (info.config != model.gpt->config() || info.tokenizer->merges() != model.tokenizer->merges())
    throw std::invalid_argument(
        "This adapter was trained on a model of another shape or with another tokenizer; give that model.");
  const std::string prefix = adapter_prefix(info.config);
  StateDict factors;
  for (const auto& [name, tensor] : file.tensors)
    factors.emplace_back(name.starts_with(prefix) ? name.substr(prefix.size()) : name, tensor);
  model.gpt->freeze(info.options->freeze_layers);
  Lora lora = make_lora(*model.gpt, *info.options);
  copy_state(factors, lora.factors(), "The adapter");
  if (fingerprint(lora.base()) != info.base)
    throw std::invalid_argument(
        "This adapter was trained on another model of the same shape; give that model, as it was then.");
  lora.merge();
}

std::string describe_checkpoint(std::string_view bytes) {
  const CheckpointInfo info = read_info(bytes);
  const SafetensorsFile file = read_safetensors(bytes);
  json object = to_json(info);
  if (!info.options) object["options"] = nullptr;
  object["n_parameters"] = count_parameters(info.config);
  json tensors = json::array();
  bool has_optimizer = false;
  for (const auto& [name, tensor] : file.tensors) {
    has_optimizer = has_optimizer || name.starts_with(kOptimizer);
    json& described = tensors.emplace_back();
    described["name"] = name;
    json& shape = described["shape"] = json::array();
    for (const std::size_t n : tensor.shape()) shape.push_back(n);
  }
  object["has_optimizer"] = has_optimizer;
  object["tensors"] = tensors;
  return object.dump();
}

}  // namespace mini_llm
