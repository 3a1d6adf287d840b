#include "reference/reference.h"

namespace mini_llm::reference {

/// e^x / sum(e^x). Subtracting the largest x changes nothing but keeps e^x finite.
Matrix softmax(const Matrix& x) {
  const Matrix e = xt::exp(x - row_maxima(x));
  return e / row_sums(e);
}

Matrix log_sum_exp(const Matrix& x) {
  const Matrix largest = row_maxima(x);
  return largest + xt::log(row_sums(xt::exp(x - largest)));
}

/// -log softmax(logits)[target] = log_sum_exp(logits) - logits[target].
Matrix cross_entropy(const Matrix& logits, const Ids& targets) {
  const Matrix target = one_hot(targets, logits.shape(1));
  return row_sums(target) * log_sum_exp(logits) - row_sums(target * logits);
}

/// softmax(logits) - one_hot(target).
Matrix cross_entropy_backward(const Matrix& logits, const Ids& targets) {
  const Matrix target = one_hot(targets, logits.shape(1));
  return row_sums(target) * softmax(logits) - target;
}

}  // namespace mini_llm::reference
