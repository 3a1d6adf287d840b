// What JavaScript sees of the core; the only file that includes an Emscripten header. Every function turns a
// C++ exception into a JavaScript Error with the same sentence, thrown after the catch block so that
// destructors run.
#include <emscripten/bind.h>
#include <emscripten/heap.h>

#include <cmath>
#include <memory>
#include <optional>
#include <string>

#include "generate/generator.h"
#include "io/checkpoint.h"
#include "kernels/gemm.h"
#include "kernels/parallel.h"
#include "text/bpe_trainer.h"

namespace em = emscripten;
using namespace mini_llm;

EMSCRIPTEN_DECLARE_VAL_TYPE(Uint8Array);
EMSCRIPTEN_DECLARE_VAL_TYPE(Uint16Array);
EMSCRIPTEN_DECLARE_VAL_TYPE(ProfileRows);
EMSCRIPTEN_DECLARE_VAL_TYPE(Strings);
EMSCRIPTEN_DECLARE_VAL_TYPE(GeneratedSamples);

namespace {

/// The sentence of the exception that is being handled.
[[gnu::noinline]] std::string caught() {
  try {
    throw;
  } catch (const std::bad_alloc&) {
    return "There is not enough memory for this; choose a smaller model, batch or text, or fewer samples.";
  } catch (const std::exception& error) {
    return error.what();
  }
}

[[noreturn, gnu::noinline]] void throw_to_js(const std::string& message) {
  em::val::global("Error").new_(message).throw_();
}

/// Runs fn; a failure becomes a JavaScript Error. What does not depend on fn stands apart, once for all.
template <class Fn>
auto guarded(const Fn& fn) -> decltype(fn()) {
  std::string message;
  try {
    return fn();
  } catch (const std::exception&) {
    message = caught();
  }
  throw_to_js(message);
}

/// A copy that JavaScript owns: a view of the heap would not survive its growth.
Uint8Array to_js(std::string_view bytes) {
  const em::val view(
      em::typed_memory_view(bytes.size(), reinterpret_cast<const unsigned char*>(bytes.data())));
  return Uint8Array(view.call<em::val>("slice"));
}

Uint16Array to_js(const std::vector<Token>& tokens) {
  const em::val view(em::typed_memory_view(tokens.size(), tokens.data()));
  return Uint16Array(view.call<em::val>("slice"));
}

/// The same for a file, piece by piece, so that it is never held twice in our memory.
Uint8Array to_js(const SafetensorsOutput& file) {
  const em::val result = em::val::global("Uint8Array").new_(static_cast<double>(file.size()));
  double at = 0;
  const auto append = [&](const void* data, std::size_t n) {
    result.call<void>("set", em::val(em::typed_memory_view(n, static_cast<const unsigned char*>(data))), at);
    at += static_cast<double>(n);
  };
  append(file.header.data(), file.header.size());
  for (const auto& [name, tensor] : file.tensors) append(tensor.data(), tensor.size() * sizeof(float));
  return Uint8Array(result);
}

std::string from_js(const Uint8Array& bytes) {
  std::string result(bytes["length"].as<std::size_t>(), '\0');
  const em::val view(em::typed_memory_view(result.size(), reinterpret_cast<unsigned char*>(result.data())));
  view.call<void>("set", bytes);
  return result;
}

/// Names of events and reasons as JavaScript knows them.
const char* name(TrainEvent::Kind kind) {
  constexpr const char* kNames[] = {"none", "step", "eval", "done", "failed"};
  return kNames[static_cast<int>(kind)];
}
const char* name(GenerateEvent::Reason reason) {
  constexpr const char* kNames[] = {"", "length", "stop"};
  return kNames[static_cast<int>(reason)];
}

const char* name(ProfilePass pass) {
  constexpr const char* kNames[] = {"forward", "backward", "update"};
  return kNames[static_cast<int>(pass)];
}

ProfileRows to_js(const std::vector<Profile::Row>& rows) {
  em::val result = em::val::array();
  for (const Profile::Row& row : rows) {
    em::val object = em::val::object();
    object.set("op", std::string(row.op));
    object.set("pass", std::string(name(row.pass)));
    object.set("calls", static_cast<double>(row.calls));
    object.set("seconds", row.seconds);
    object.set("flops", row.flops);
    object.set("bytes", row.bytes);
    result.call<void>("push", object);
  }
  return ProfileRows(result);
}

GeneratedSamples to_js(const std::vector<GenerateEvent::Sample>& samples) {
  em::val result = em::val::array();
  for (const GenerateEvent::Sample& sample : samples) {
    em::val object = em::val::object();
    object.set("bytes", to_js(sample.bytes));
    object.set("tokens", static_cast<double>(sample.tokens));
    object.set("reason", std::string(name(sample.reason)));
    result.call<void>("push", object);
  }
  return GeneratedSamples(result);
}

Strings get_stop(const SampleOptions& options) { return Strings(em::val::array(options.stop)); }
void set_stop(SampleOptions& options, Strings stop) { options.stop = em::vecFromJSArray<std::string>(stop); }

struct JsTrainEvent {
  std::string kind;
  std::size_t step, weights_step;
  double train_loss, val_loss, train_bits_per_byte, val_bits_per_byte, lr, grad_norm, tokens;
  std::string message;
};

struct JsGenerateEvent {
  GeneratedSamples samples = GeneratedSamples(em::val::undefined());  // value objects are made empty first
  std::size_t tokens;
  bool done;
};

class JsTokenizer {
 public:
  explicit JsTokenizer(TokenizerPtr tokenizer) : tokenizer_(std::move(tokenizer)) {}
  std::size_t vocab_size() const { return tokenizer_->vocab_size(); }
  Uint16Array encode(const Uint8Array& text) const {
    return guarded([&] { return to_js(tokenizer_->encode(from_js(text))); });
  }
  Uint8Array decode(Token token) const {
    return guarded([&] { return to_js(tokenizer_->decode(token)); });
  }
  /// Both tokens of each merge, one pair after the other.
  Uint16Array merges() const {
    std::vector<Token> flat;
    for (const auto& [first, second] : tokenizer_->merges()) flat.insert(flat.end(), {first, second});
    return to_js(flat);
  }
  const TokenizerPtr& tokenizer() const { return tokenizer_; }

 private:
  TokenizerPtr tokenizer_;
};

class JsBpeTrainer {
 public:
  JsBpeTrainer(std::string text, std::size_t vocab_size) : trainer_(std::move(text), vocab_size) {}
  /// How much is done by then, from 0 to 1.
  double advance(double max_ms) {
    return guarded([&] {
      trainer_.advance(max_ms);
      return trainer_.progress();
    });
  }
  std::unique_ptr<JsTokenizer> tokenizer() const {
    return guarded([&] {
      return std::make_unique<JsTokenizer>(std::make_shared<const Tokenizer>(trainer_.tokenizer()));
    });
  }

 private:
  BpeTrainer trainer_;
};

class JsModel {
 public:
  explicit JsModel(LoadedModel model) : model_(std::move(model)) {}
  ModelConfig config() const { return model_.gpt->config(); }
  std::size_t n_parameters() const { return model_.gpt->n_parameters(); }
  Uint8Array save() const {
    return guarded([&] { return to_js(save_model(model_)); });
  }
  void apply_adapter(const Uint8Array& adapter) {
    guarded([&] { mini_llm::apply_adapter(model_, from_js(adapter)); });
  }
  std::unique_ptr<JsTokenizer> tokenizer() const { return std::make_unique<JsTokenizer>(model_.tokenizer); }
  const LoadedModel& model() const { return model_; }

 private:
  LoadedModel model_;
};

class JsTrainer {
 public:
  explicit JsTrainer(std::unique_ptr<Trainer> trainer) : trainer_(std::move(trainer)) {}
  JsTrainEvent advance(double max_ms) {
    return guarded([&] {
      const TrainEvent e = trainer_->advance(max_ms);
      return JsTrainEvent{
          name(e.kind),        e.step, e.weights_step, e.train_loss, e.val_loss, e.train_bits_per_byte,
          e.val_bits_per_byte, e.lr,   e.grad_norm,    e.tokens,     e.message};
    });
  }
  std::unique_ptr<JsModel> model() const { return std::make_unique<JsModel>(model_of(*trainer_)); }
  /// Why the run has failed, in a sentence; empty while the model can generate.
  std::string verify() {
    return guarded([&] { return trainer_->verify() ? std::string() : trainer_->message(); });
  }
  Uint8Array save() {
    return guarded([&] {
      trainer_->verify();
      return to_js(save_checkpoint(*trainer_));
    });
  }
  std::size_t step() const { return trainer_->progress().step; }
  std::size_t weights_step() const { return trainer_->progress().weights_step(); }
  bool has_last_weights() const { return trainer_->has_last_weights(); }
  void use_weights(bool best) {
    guarded([&] { trainer_->use_weights(best); });
  }
  bool has_validation() const { return trainer_->dataset().has_validation(); }
  std::string notes() const { return trainer_->dataset().note(); }
  void set_profiling(bool on) { trainer_->set_profiling(on); }
  ProfileRows profile() const { return to_js(trainer_->profile()); }

 private:
  std::unique_ptr<Trainer> trainer_;
};

class JsGenerator {
 public:
  JsGenerator(const JsModel& model, const SampleOptions& options, const std::string& prompt)
      : generator_(model.model().gpt, options, prompt, model.model().tokenizer, model.model().start) {}
  JsGenerateEvent advance(double max_ms) {
    return guarded([&] {
      const GenerateEvent& e = generator_.advance(max_ms);
      return JsGenerateEvent{to_js(e.samples), e.tokens, e.done};
    });
  }

 private:
  Generator generator_;
};

std::unique_ptr<JsTokenizer> js_byte_tokenizer() { return std::make_unique<JsTokenizer>(byte_tokenizer()); }

std::unique_ptr<JsBpeTrainer> js_create_bpe_trainer(const Uint8Array& corpus, double val_fraction,
                                                    std::size_t vocab_size) {
  return guarded([&] {
    std::string text = from_js(corpus);
    text.resize(training_part(text, val_fraction).size());
    return std::make_unique<JsBpeTrainer>(std::move(text), vocab_size);
  });
}

std::unique_ptr<JsTrainer> js_create_trainer(const ModelConfig& config, const TrainOptions& options,
                                             const Uint8Array& corpus, const std::string& corpus_sha256,
                                             const JsTokenizer& tokenizer) {
  return guarded([&] {
    return std::make_unique<JsTrainer>(
        std::make_unique<Trainer>(config, options, from_js(corpus), corpus_sha256, tokenizer.tokenizer()));
  });
}

std::unique_ptr<JsTrainer> js_resume_trainer(const Uint8Array& checkpoint, const TrainOptions& options,
                                             const Uint8Array& corpus, const std::string& corpus_sha256) {
  return guarded([&] {
    return std::make_unique<JsTrainer>(
        resume_trainer(from_js(checkpoint), options, from_js(corpus), corpus_sha256));
  });
}

std::unique_ptr<JsTrainer> js_finetune_trainer(const Uint8Array& file, const TrainOptions& options,
                                               const Uint8Array& corpus, const std::string& corpus_sha256) {
  return guarded([&] {
    return std::make_unique<JsTrainer>(
        finetune_trainer(from_js(file), options, from_js(corpus), corpus_sha256));
  });
}

Uint8Array js_save_adapter(const Uint8Array& checkpoint) {
  return guarded([&] { return to_js(save_adapter(from_js(checkpoint))); });
}

std::unique_ptr<JsModel> js_load_model(const Uint8Array& file) {
  return guarded([&] { return std::make_unique<JsModel>(load_model(from_js(file))); });
}

std::unique_ptr<JsGenerator> js_create_generator(const JsModel& model, const SampleOptions& options,
                                                 const Uint8Array& prompt) {
  return guarded([&] { return std::make_unique<JsGenerator>(model, options, from_js(prompt)); });
}

std::string js_checkpoint_info(const Uint8Array& file) {
  return guarded([&] { return describe_checkpoint(from_js(file)); });
}

double js_count_parameters(const ModelConfig& config) {
  return guarded([&] {
    validate(config);
    return static_cast<double>(count_parameters(config));
  });
}

double js_gemm_peak(double ms) { return gemm_peak(ms / 1e3) / 1e9; }
double js_heap_bytes() { return static_cast<double>(emscripten_get_heap_size()); }
std::string js_variant() { return MINI_LLM_VARIANT; }

}  // namespace

EMSCRIPTEN_BINDINGS(mini_llm) {
  em::register_type<Uint8Array>("Uint8Array");
  em::register_type<Uint16Array>("Uint16Array");
  em::register_type<ProfileRows>(
      "{op: string, pass: string, calls: number, seconds: number, flops: number, bytes: number}[]");
  em::register_type<Strings>("string[]");
  em::register_type<GeneratedSamples>("{bytes: Uint8Array, tokens: number, reason: string}[]");

  em::value_object<ModelConfig>("ModelConfig")
      .field("arch", &ModelConfig::arch)
      .field("vocab_size", &ModelConfig::vocab_size)
      .field("seq_len", &ModelConfig::seq_len)
      .field("n_layer", &ModelConfig::n_layer)
      .field("n_head", &ModelConfig::n_head)
      .field("n_embd", &ModelConfig::n_embd)
      .field("n_kv_head", &ModelConfig::n_kv_head)
      .field("n_inner", &ModelConfig::n_inner)
      .field("rope_theta", &ModelConfig::rope_theta);

  em::value_object<TrainOptions>("TrainOptions")
      .field("batch_size", &TrainOptions::batch_size)
      .field("grad_accum", &TrainOptions::grad_accum)
      .field("max_steps", &TrainOptions::max_steps)
      .field("lr", &TrainOptions::lr)
      .field("min_lr", &TrainOptions::min_lr)
      .field("warmup_steps", &TrainOptions::warmup_steps)
      .field("schedule", &TrainOptions::schedule)
      .field("decay_fraction", &TrainOptions::decay_fraction)
      .field("optimizer", &TrainOptions::optimizer)
      .field("muon_lr", &TrainOptions::muon_lr)
      .field("weight_decay", &TrainOptions::weight_decay)
      .field("beta1", &TrainOptions::beta1)
      .field("beta2", &TrainOptions::beta2)
      .field("grad_clip", &TrainOptions::grad_clip)
      .field("dropout", &TrainOptions::dropout)
      .field("val_fraction", &TrainOptions::val_fraction)
      .field("eval_every", &TrainOptions::eval_every)
      .field("eval_batches", &TrainOptions::eval_batches)
      .field("patience", &TrainOptions::patience)
      .field("seed", &TrainOptions::seed)
      .field("freeze_layers", &TrainOptions::freeze_layers)
      .field("lora_rank", &TrainOptions::lora_rank)
      .field("lora_alpha", &TrainOptions::lora_alpha);

  em::value_object<SampleOptions>("SampleOptions")
      .field("temp", &SampleOptions::temp)
      .field("top_k", &SampleOptions::top_k)
      .field("top_p", &SampleOptions::top_p)
      .field("min_p", &SampleOptions::min_p)
      .field("repetition_penalty", &SampleOptions::repetition_penalty)
      .field("max_new_tokens", &SampleOptions::max_new_tokens)
      .field("seed", &SampleOptions::seed)
      .field("cache", &SampleOptions::cache)
      .field("int8", &SampleOptions::int8)
      .field("stop", &get_stop, &set_stop)
      .field("n", &SampleOptions::n);

  em::value_object<JsTrainEvent>("TrainEvent")
      .field("kind", &JsTrainEvent::kind)
      .field("step", &JsTrainEvent::step)
      .field("weights_step", &JsTrainEvent::weights_step)
      .field("train_loss", &JsTrainEvent::train_loss)
      .field("val_loss", &JsTrainEvent::val_loss)
      .field("train_bits_per_byte", &JsTrainEvent::train_bits_per_byte)
      .field("val_bits_per_byte", &JsTrainEvent::val_bits_per_byte)
      .field("lr", &JsTrainEvent::lr)
      .field("grad_norm", &JsTrainEvent::grad_norm)
      .field("tokens", &JsTrainEvent::tokens)
      .field("message", &JsTrainEvent::message);

  em::value_object<JsGenerateEvent>("GenerateEvent")
      .field("samples", &JsGenerateEvent::samples)
      .field("tokens", &JsGenerateEvent::tokens)
      .field("done", &JsGenerateEvent::done);

  em::class_<JsTokenizer>("Tokenizer")
      .function("vocab_size", &JsTokenizer::vocab_size)
      .function("encode", &JsTokenizer::encode)
      .function("decode", &JsTokenizer::decode)
      .function("merges", &JsTokenizer::merges);

  em::class_<JsBpeTrainer>("BpeTrainer")
      .function("advance", &JsBpeTrainer::advance)
      .function("tokenizer", &JsBpeTrainer::tokenizer);

  em::class_<JsModel>("Model")
      .function("config", &JsModel::config)
      .function("n_parameters", &JsModel::n_parameters)
      .function("save", &JsModel::save)
      .function("apply_adapter", &JsModel::apply_adapter)
      .function("tokenizer", &JsModel::tokenizer);

  em::class_<JsTrainer>("Trainer")
      .function("advance", &JsTrainer::advance)
      .function("model", &JsTrainer::model)
      .function("verify", &JsTrainer::verify)
      .function("save", &JsTrainer::save)
      .function("step", &JsTrainer::step)
      .function("weights_step", &JsTrainer::weights_step)
      .function("has_last_weights", &JsTrainer::has_last_weights)
      .function("use_weights", &JsTrainer::use_weights)
      .function("has_validation", &JsTrainer::has_validation)
      .function("notes", &JsTrainer::notes)
      .function("set_profiling", &JsTrainer::set_profiling)
      .function("profile", &JsTrainer::profile);

  em::class_<JsGenerator>("Generator").function("advance", &JsGenerator::advance);

  em::function("byte_tokenizer", &js_byte_tokenizer);
  em::function("create_bpe_trainer", &js_create_bpe_trainer);
  em::function("create_trainer", &js_create_trainer);
  em::function("resume_trainer", &js_resume_trainer);
  em::function("finetune_trainer", &js_finetune_trainer);
  em::function("save_adapter", &js_save_adapter);
  em::function("load_model", &js_load_model);
  em::function("create_generator", &js_create_generator);
  em::function("checkpoint_info", &js_checkpoint_info);
  em::function("count_parameters", &js_count_parameters);
  em::function("estimate_memory", &estimate_memory);
  em::function("gemm_peak", &js_gemm_peak);
  em::function("heap_bytes", &js_heap_bytes);
  em::function("set_threads", &set_threads);
  em::function("threads", &threads);
  em::function("set_active_threads", &set_active_threads);
  em::function("active_threads", &active_threads);
  em::function("variant", &js_variant);
}
