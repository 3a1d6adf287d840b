// The core's interface to JavaScript. A C++ exception becomes a JavaScript Error with the same sentence,
// thrown after the catch block so that destructors run.
#include <emscripten/bind.h>
#include <emscripten/heap.h>

#include <memory>
#include <string>

#include "bindings/convert.h"
#include "generate/generator.h"
#include "generate/inspect.h"
#include "io/adapter.h"
#include "io/checkpoint.h"
#include "io/describe.h"
#include "io/gguf.h"
#include "io/npz.h"
#include "io/onnx.h"
#include "kernels/gemm.h"
#include "kernels/parallel.h"
#include "kernels/self_check.h"
#include "text/bpe_trainer.h"
#include "text/suffix_index.h"
#include "train/estimate.h"
#include "train/runs.h"

namespace em = emscripten;
using namespace mini_llm;

EMSCRIPTEN_DECLARE_VAL_TYPE(ProfileRows);

namespace {

/// The sentence of the exception that is being handled.
[[gnu::noinline]] std::string current_message() {
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

/// Runs fn and turns an exception into a JavaScript Error. Code that does not depend on fn is kept out of the
/// template.
template <class Fn>
auto guarded(const Fn& fn) -> decltype(fn()) {
  std::string message;
  try {
    return fn();
  } catch (const std::exception&) {
    message = current_message();
  }
  throw_to_js(message);
}

class JsTokenizer {
 public:
  explicit JsTokenizer(TokenizerPtr tokenizer) : tokenizer_(std::move(tokenizer)) {}
  std::size_t vocab_size() const { return tokenizer_->vocab_size(); }
  Uint32Array encode(const Uint8Array& text) const {
    return guarded([&] { return to_js(tokenizer_->encode(from_js(text))); });
  }
  Uint8Array decode(Token token) const {
    return guarded([&] { return to_js(tokenizer_->decode(token)); });
  }
  /// Both tokens of each merge, pair by pair.
  Uint32Array merges() const {
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
  /// Returns the progress from 0 to 1.
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

/// An Inspected with memory of its own.
class JsInspected {
 public:
  JsInspected(const Uint32Array& tokens, const Uint8Array& off)
      : tokens_(from_js(tokens)), off_(vector_from_js<std::uint8_t>(off)) {}
  Inspected view() const { return {tokens_, off_}; }

 private:
  std::vector<Token> tokens_;
  std::vector<std::uint8_t> off_;
};

class JsModel {
 public:
  explicit JsModel(LoadedModel model) : model_(std::move(model)) {}
  Js<ModelConfig> config() const { return to_js(model_.gpt->config()); }
  std::size_t n_parameters() const { return model_.gpt->n_parameters(); }
  Uint8Array save() const {
    return guarded([&] { return to_js(save_model(model_)); });
  }
  Uint8Array gguf(const std::string& name, bool q8_0) const {
    return guarded([&] { return to_js(write_gguf(model_, name, q8_0 ? GgufType::q8_0 : GgufType::f32)); });
  }
  Uint8Array onnx(const std::string& name, bool q8) const {
    return guarded([&] { return to_js(write_onnx(*model_.gpt, name, q8 ? OnnxType::q8 : OnnxType::f32)); });
  }
  Uint8Array npz() const {
    return guarded([&] { return to_js(write_npz(model_.gpt->state_dict())); });
  }
  // Of one sequence, with the parts of the model in `off` switched off: see generate/inspect.h.
  Float32Array logits(const Uint32Array& tokens, const Uint8Array& off, std::size_t layers, bool int8) const {
    return guarded(
        [&] { return to_js(logits_of(*model_.gpt, JsInspected(tokens, off).view(), layers, int8)); });
  }
  Float32Array attention(const Uint32Array& tokens, const Uint8Array& off, std::size_t layer) const {
    return guarded([&] { return to_js(attention_of(*model_.gpt, JsInspected(tokens, off).view(), layer)); });
  }
  double loss(const Uint32Array& tokens, const Uint8Array& off) const {
    return guarded([&] { return loss_of(*model_.gpt, JsInspected(tokens, off).view()); });
  }
  Float32Array candidates(const Float32Array& logits, const Uint32Array& context,
                          const Js<SampleOptions>& options) const {
    return guarded([&] {
      return to_js(candidates_of(from_js(logits), from_js(context), from_js(options), model_.tokenizer));
    });
  }
  Float32Array embeddings(const Uint32Array& tokens) const {
    return guarded([&] { return to_js(embeddings_of(*model_.gpt, from_js(tokens))); });
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
  Js<TrainEvent> advance(double max_ms) {
    return guarded([&] { return to_js(trainer_->advance(max_ms)); });
  }
  std::unique_ptr<JsModel> model() const {
    return std::make_unique<JsModel>(
        LoadedModel{trainer_->model(), trainer_->tokenizer(), trainer_->start()});
  }
  /// A sentence that says why the run has failed, or "" while the model can generate.
  std::string verify() {
    return guarded([&] { return trainer_->verify() ? std::string() : trainer_->message(); });
  }
  Uint8Array save() {
    return guarded([&] {
      trainer_->verify();
      return to_js(save_checkpoint(trainer_->state()));
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
  /// A JSON object that files keep as it is.
  void set_recipe(std::string recipe) { trainer_->set_recipe(std::move(recipe)); }
  void set_profiling(bool on) { trainer_->set_profiling(on); }
  ProfileRows profile() const {
    const em::val rows = em::val::array();
    for (const Profile::Row& row : trainer_->profile())
      rows.call<void>("push", fields_to_js(fields_of<Profile::Row>(), &row));
    return ProfileRows(rows);
  }

 private:
  std::unique_ptr<Trainer> trainer_;
};

class JsGenerator {
 public:
  JsGenerator(const JsModel& model, const Js<SampleOptions>& options, const std::string& prompt)
      : generator_(model.model().gpt, from_js(options), prompt, model.model().tokenizer,
                   model.model().start) {}
  Js<GenerateEvent> advance(double max_ms) {
    return guarded([&] { return to_js(generator_.advance(max_ms)); });
  }

 private:
  Generator generator_;
};

class JsSuffixIndex {
 public:
  explicit JsSuffixIndex(std::string text) : index_(std::move(text)) {}
  /// Start, length and source of each piece, piece by piece.
  Uint32Array copied(const Uint8Array& sample, std::size_t min_bytes) const {
    return guarded([&] {
      std::vector<std::uint32_t> flat;
      for (const auto& [start, length, source] : index_.copied(from_js(sample), min_bytes))
        for (const std::size_t value : {start, length, source})
          flat.push_back(static_cast<std::uint32_t>(value));
      return to_js(flat);
    });
  }

 private:
  SuffixIndex index_;
};

std::unique_ptr<JsSuffixIndex> js_create_suffix_index(const Uint8Array& text) {
  return guarded([&] { return std::make_unique<JsSuffixIndex>(from_js(text)); });
}

std::unique_ptr<JsTokenizer> js_byte_tokenizer() { return std::make_unique<JsTokenizer>(byte_tokenizer()); }

std::unique_ptr<JsBpeTrainer> js_create_bpe_trainer(const Uint8Array& corpus, double val_fraction,
                                                    std::size_t vocab_size) {
  return guarded([&] {
    std::string text = from_js(corpus);
    text.resize(training_part(text, val_fraction).size());
    return std::make_unique<JsBpeTrainer>(std::move(text), vocab_size);
  });
}

std::unique_ptr<JsTrainer> js_create_trainer(const Js<ModelConfig>& config, const Js<TrainOptions>& options,
                                             const Uint8Array& corpus, const std::string& corpus_sha256,
                                             const JsTokenizer& tokenizer) {
  return guarded([&] {
    return std::make_unique<JsTrainer>(std::make_unique<Trainer>(
        from_js(config), from_js(options), from_js(corpus), corpus_sha256, tokenizer.tokenizer()));
  });
}

std::unique_ptr<JsTrainer> js_resume_trainer(const Uint8Array& checkpoint, const Js<TrainOptions>& options,
                                             const Uint8Array& corpus, const std::string& corpus_sha256) {
  return guarded([&] {
    return std::make_unique<JsTrainer>(
        resume_run(read_checkpoint(from_js(checkpoint)), from_js(options), from_js(corpus), corpus_sha256));
  });
}

std::unique_ptr<JsTrainer> js_finetune_trainer(const Uint8Array& file, const Js<TrainOptions>& options,
                                               const Uint8Array& corpus, const std::string& corpus_sha256) {
  return guarded([&] {
    return std::make_unique<JsTrainer>(
        finetune_run(read_checkpoint(from_js(file)), from_js(options), from_js(corpus), corpus_sha256));
  });
}

Uint8Array js_save_adapter(const Uint8Array& checkpoint) {
  return guarded([&] { return to_js(save_adapter(from_js(checkpoint))); });
}

std::unique_ptr<JsModel> js_load_model(const Uint8Array& file, const std::string& weights) {
  const Weights which = weights == "best"   ? Weights::best
                        : weights == "last" ? Weights::last
                                            : Weights::saved;
  return guarded([&] { return std::make_unique<JsModel>(load_model(from_js(file), which)); });
}

std::unique_ptr<JsGenerator> js_create_generator(const JsModel& model, const Js<SampleOptions>& options,
                                                 const Uint8Array& prompt) {
  return guarded([&] { return std::make_unique<JsGenerator>(model, options, from_js(prompt)); });
}

std::string js_checkpoint_info(const Uint8Array& file) {
  return guarded([&] { return describe_checkpoint(from_js(file)); });
}

Js<ModelConfig> js_with_defaults(const Js<ModelConfig>& config) {
  return guarded([&] { return to_js(with_defaults(from_js(config))); });
}

double js_count_parameters(const Js<ModelConfig>& config) {
  return guarded([&] {
    const ModelConfig c = from_js(config);
    validate(c);
    return static_cast<double>(count_parameters(c));
  });
}

double js_estimate_memory(const Js<ModelConfig>& config, const Js<TrainOptions>& options,
                          double corpus_bytes) {
  return guarded([&] { return estimate_memory(from_js(config), from_js(options), corpus_bytes); });
}

double js_flops_per_token(const Js<ModelConfig>& config) {
  return guarded([&] { return flops_per_token(from_js(config)); });
}

double js_update_flops(const Js<ModelConfig>& config, const Js<TrainOptions>& options) {
  return guarded([&] { return update_flops(from_js(config), from_js(options)); });
}

/// The first problem in a sentence, or "".
template <class Options>
std::string js_problem_of(const Js<Options>& options) {
  return problem_of(from_js(options));
}

double js_gemm_peak(double ms) { return gemm_peak(ms / 1e3) / 1e9; }
/// Other builds run no code that engines compile in an experimental way, and are smaller without the check.
std::string js_kernel_self_check([[maybe_unused]] double ms) {
#if defined(MINI_LLM_WIDE)
  return kernel_self_check(ms / 1e3);
#else
  return "";
#endif
}
double js_heap_bytes() { return static_cast<double>(emscripten_get_heap_size()); }
std::string js_variant() { return MINI_LLM_VARIANT; }

}  // namespace

EMSCRIPTEN_BINDINGS(mini_llm) {
  em::register_type<Uint8Array>("Uint8Array");
  em::register_type<Uint32Array>("Uint32Array");
  em::register_type<Float32Array>("Float32Array");
  em::register_type<ProfileRows>("ProfileRow[]");
  em::register_type<Js<ModelConfig>>("ModelConfig");
  em::register_type<Js<TrainOptions>>("TrainOptions");
  em::register_type<Js<SampleOptions>>("SampleOptions");
  em::register_type<Js<TrainEvent>>("TrainEvent");
  em::register_type<Js<GenerateEvent>>("GenerateEvent");

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
      .function("gguf", &JsModel::gguf)
      .function("onnx", &JsModel::onnx)
      .function("npz", &JsModel::npz)
      .function("logits", &JsModel::logits)
      .function("attention", &JsModel::attention)
      .function("loss", &JsModel::loss)
      .function("candidates", &JsModel::candidates)
      .function("embeddings", &JsModel::embeddings)
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
      .function("set_recipe", &JsTrainer::set_recipe)
      .function("set_profiling", &JsTrainer::set_profiling)
      .function("profile", &JsTrainer::profile);

  em::class_<JsGenerator>("Generator").function("advance", &JsGenerator::advance);

  em::class_<JsSuffixIndex>("SuffixIndex").function("copied", &JsSuffixIndex::copied);
  em::function("create_suffix_index", &js_create_suffix_index);

  em::function("byte_tokenizer", &js_byte_tokenizer);
  em::function("create_bpe_trainer", &js_create_bpe_trainer);
  em::function("create_trainer", &js_create_trainer);
  em::function("resume_trainer", &js_resume_trainer);
  em::function("finetune_trainer", &js_finetune_trainer);
  em::function("save_adapter", &js_save_adapter);
  em::function("load_model", &js_load_model);
  em::function("create_generator", &js_create_generator);
  em::function("checkpoint_info", &js_checkpoint_info);
  em::function("validate_config", &js_problem_of<ModelConfig>);
  em::function("validate_train", &js_problem_of<TrainOptions>);
  em::function("validate_sample", &js_problem_of<SampleOptions>);
  em::function("with_defaults", &js_with_defaults);
  em::function("count_parameters", &js_count_parameters);
  em::function("estimate_memory", &js_estimate_memory);
  em::function("flops_per_token", &js_flops_per_token);
  em::function("update_flops", &js_update_flops);
  em::function("gemm_peak", &js_gemm_peak);
  em::function("kernel_self_check", &js_kernel_self_check);
  em::function("heap_bytes", &js_heap_bytes);
  em::function("set_threads", &set_threads);
  em::function("threads", &threads);
  em::function("set_active_threads", &set_active_threads);
  em::function("active_threads", &active_threads);
  em::function("variant", &js_variant);
#if !defined(MINI_LLM_RELAXED) && !defined(MINI_LLM_THREADS)
  em::function("describe",
               &describe_core);  // TypeScript's tables are made from this build; others stay small
#endif
}
