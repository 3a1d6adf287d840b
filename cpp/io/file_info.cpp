#include "io/file_info.h"

#include <algorithm>
#include <cmath>
#include <stdexcept>

#include "io/safetensors.h"

namespace mini_llm {

void refuse_file(const std::string& why) {
  throw std::invalid_argument("This file is not a mini-llm model that this version can read: " + why + ".");
}

namespace {

constexpr const char* kMetadataKey = "mini_llm";
constexpr int kVersion = 1;
constexpr const char* kLoraKind = "lora";
constexpr const char* kUsualStart = "\n";

[[noreturn]] void refuse_value(const char* name, const json& value) {
  refuse_file(std::string("its \"") + name + "\" is " + value.dump());
}

const json& field_of(const json& object, const char* name) {
  const auto found = object.find(name);
  if (found == object.end()) refuse_file(std::string("its \"") + name + "\" is missing");
  return *found;
}

/// Reads a field and checks its type, so that another program's file is refused and not misread.
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

json fields_to_json(const Fields& fields, const void* object) {
  json result;
  for (const Field& field : fields)
    visit_field(field, object, [&](const auto& value) { result[field.name] = value; });
  return result;
}

/// Reads each field of a described struct. A field that an older file lacks gets the value that the older
/// version used.
void read_fields(const json& object, const Fields& fields, void* values) {
  for (const Field& field : fields)
    visit_field(field, values, [&](auto& value) {
      using T = std::remove_cvref_t<decltype(value)>;
      const Rule& rule = field.rule;
      if constexpr (std::is_same_v<T, std::string>) {
        if (rule.text_when_absent != nullptr && !object.contains(field.name))
          value = rule.text_when_absent;
        else
          read(object, field.name, value);
      } else if constexpr (std::is_arithmetic_v<T>) {
        if (!std::isnan(rule.number_when_absent) && !object.contains(field.name))
          value = static_cast<T>(rule.number_when_absent);
        else
          read(object, field.name, value);
      }
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

json to_json(const std::vector<ExtraToken>& tokens) {
  json list = json::array();
  for (const ExtraToken& token : tokens) {
    json& item = list.emplace_back();
    item["text"] = token.text;
    item["kind"] = names_of(token.kind)[static_cast<std::size_t>(token.kind)];
  }
  return list;
}

json parse_recipe(const std::string& recipe) {
  json object;
  if (const std::string wrong = parse_object(recipe, object); !wrong.empty())
    throw std::invalid_argument("The recipe " + wrong + ".");
  return object;
}

json start_to_json(const FileInfo& info) {
  json tokens = json::array();
  for (const Token token : info.tokenizer->encode(info.start)) tokens.push_back(token);
  return tokens;
}

}  // namespace

/// Assigns value by value, because brace-enclosed lists compile to several times the code.
json to_json(const FileInfo& info) {
  json object;
  object["version"] = kVersion;
  object["tokenizer"] = info.tokenizer->name();
  if (info.adapter_base) {
    object["kind"] = kLoraKind;
    object["base"] = *info.adapter_base;
  }
  const Tokenizer& tokenizer = *info.tokenizer;
  if (!tokenizer.merges().empty()) object["merges"] = to_json(tokenizer.merges());
  if (tokenizer.split() != Split::gpt2)
    object["split"] = split_names()[static_cast<std::size_t>(tokenizer.split())];
  if (!tokenizer.extra().empty()) object["extra_tokens"] = to_json(tokenizer.extra());
  if (info.start != kUsualStart) object["start"] = start_to_json(info);
  object["config"] = fields_to_json(fields_of<ModelConfig>(), &info.config);
  if (info.options) {
    object["options"] = fields_to_json(fields_of<TrainOptions>(), &*info.options);
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
  if (!info.recipe.empty()) object["recipe"] = parse_recipe(info.recipe);
  object["max_len"] = info.config.seq_len;  // the name in the file format
  object["vocab_size"] = info.config.vocab_size;
  return object;
}

namespace {

std::vector<TokenPair> merges_from_json(const json& object) {
  const auto found = object.find("merges");
  if (found == object.end() && object.contains("extra_tokens")) return {};
  if (found == object.end() || !found->is_array() || found->empty())
    refuse_file("its \"merges\" are missing");
  const auto is_token = [](const json& id) {
    return id.is_number_unsigned() && id.get<std::uint64_t>() < Tokenizer::kLargestVocabulary;
  };
  std::vector<TokenPair> merges;
  for (const json& pair : *found) {
    if (!pair.is_array() || pair.size() != 2 || !is_token(pair[0]) || !is_token(pair[1]))
      refuse_file("its merge " + std::to_string(merges.size()) + " is not a pair of tokens");
    merges.emplace_back(pair[0].get<Token>(), pair[1].get<Token>());
  }
  return merges;
}

/// The index of the field's value among names, or 0 if it is absent.
template <class Names>
std::size_t choice_of(const json& object, const char* name, const Names& names) {
  if (!object.contains(name)) return 0;
  std::string value;
  read(object, name, value);
  const auto found = std::find(names.begin(), names.end(), value);
  if (found == names.end()) refuse_value(name, value);
  return static_cast<std::size_t>(found - names.begin());
}

std::vector<ExtraToken> extra_tokens_from_json(const json& object) {
  std::vector<ExtraToken> tokens;
  const auto found = object.find("extra_tokens");
  if (found == object.end()) return tokens;
  if (!found->is_array()) refuse_value("extra_tokens", *found);
  for (const json& item : *found) {
    if (!item.is_object()) refuse_value("extra_tokens", item);
    ExtraToken& token = tokens.emplace_back();
    read(item, "text", token.text);
    field_of(item, "kind");
    token.kind = static_cast<ExtraToken::Kind>(choice_of(item, "kind", names_of(token.kind)));
  }
  return tokens;
}

TokenizerPtr tokenizer_from_json(const json& object) {
  std::string name;
  read(object, "tokenizer", name);
  if (name == "byte") return byte_tokenizer();
  if (name == "bpe")
    return std::make_shared<const Tokenizer>(merges_from_json(object),
                                             static_cast<Split>(choice_of(object, "split", split_names())),
                                             extra_tokens_from_json(object));
  refuse_file("its tokenizer is \"" + name + "\"");
}

void read_progress(const json& object, Progress& progress) {
  read_losses(object, "", progress.last);
  read(object, "val_step", progress.val_step);
  if (object.contains("patience_from")) read(object, "patience_from", progress.patience_from);
  read_losses(object, "best_", progress.best);
  if (!std::isfinite(progress.best.val_loss)) return;
  read(object, "best_step", progress.best_step);
  read(object, "restored_best", progress.restored_best);
  if (object.contains("best_val_bits_per_byte")) return;
  // Older files store only the best evaluation's loss. If its weights were restored, all its losses are the
  // last ones; otherwise the last ratio of bits per byte to loss gives an estimate.
  const Losses& last = progress.last;
  if (progress.restored_best)
    progress.best = last;
  else if (last.val_loss > 0)
    progress.best.val_bits_per_byte = last.val_bits_per_byte / last.val_loss * progress.best.val_loss;
}

void read_start(const json& object, FileInfo& info) {
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

/// Older files have none.
void read_recipe(const json& object, FileInfo& info) {
  const auto found = object.find("recipe");
  if (found == object.end()) return;
  if (!found->is_object()) refuse_value("recipe", *found);
  info.recipe = found->dump();
}

/// Names of fields in older files.
struct OldName {
  const char* parent;  // null: the metadata itself
  const char *old_name, *name;
};
constexpr OldName kOldNames[] = {{"config", "max_len", "seq_len"}, {nullptr, "turned_back", "restored_best"}};

void rename_old_fields(json& object) {
  for (const auto& [parent, old_name, name] : kOldNames) {
    json& fields = parent == nullptr ? object : object[parent];
    if (fields.is_object() && fields.contains(old_name) && !fields.contains(name))
      fields[name] = fields[old_name];
  }
}

FileInfo file_info_from_json(json object) {
  rename_old_fields(object);
  FileInfo info;
  int version = 0;
  read(object, "version", version);
  if (version != kVersion) refuse_file("it is of format version " + std::to_string(version));
  if (object.contains("kind")) {
    std::string kind;
    read(object, "kind", kind);
    if (kind != kLoraKind) refuse_value("kind", kind);
    read(object, "base", info.adapter_base.emplace());
  }
  info.tokenizer = tokenizer_from_json(object);
  if (!object.contains("config") || !object["config"].is_object()) refuse_file("its \"config\" is missing");
  read_fields(object["config"], fields_of<ModelConfig>(), &info.config);
  validate(info.config);
  // Files that lack it are older than gated MLPs and the rounding of the default.
  if (info.config.n_inner == 0) info.config.n_inner = 4 * info.config.n_embd;
  info.config = with_defaults(info.config);
  // Only a model with the byte tokenizer may have a smaller vocabulary than its tokenizer.
  const std::size_t known = info.tokenizer->vocab_size();
  if (info.config.vocab_size > known || (info.config.vocab_size < known && known > Tokenizer::kBytes))
    refuse_file("its vocab_size is " + std::to_string(info.config.vocab_size) + ", but its tokenizer's is " +
                std::to_string(known));
  if (object.contains("options")) {
    if (!object["options"].is_object()) refuse_file("its \"options\" are malformed");
    info.options.emplace();
    read_fields(object["options"], fields_of<TrainOptions>(), &*info.options);
    validate(*info.options);
  }
  read(object, "step", info.progress.step);
  read_progress(object, info.progress);
  read_start(object, info);
  read(object, "corpus_sha256", info.corpus_sha256);
  read_recipe(object, info);
  return info;
}

}  // namespace

std::map<std::string, std::string> to_metadata(const FileInfo& info) {
  return {{kMetadataKey, to_json(info).dump()}};
}

FileInfo read_file_info(std::string_view bytes) {
  const auto metadata = read_safetensors_metadata(bytes);
  const auto found = metadata.find(kMetadataKey);
  if (found == metadata.end())
    refuse_file("it has no mini_llm metadata, so another program wrote it or saved it again without them");
  json object;
  if (const std::string wrong = parse_object(found->second, object); !wrong.empty())
    refuse_file("its metadata " + wrong);
  return file_info_from_json(std::move(object));
}

}  // namespace mini_llm
