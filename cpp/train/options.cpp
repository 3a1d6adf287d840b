#include "train/options.h"

#include <stdexcept>

namespace mini_llm {

std::string problem_of(const TrainOptions& o) {
  if (const std::string problem = first_problem(o); !problem.empty()) return problem;
  if (o.min_lr > o.lr)
    return "min_lr (" + format_number(o.min_lr) + ") must not be above lr (" + format_number(o.lr) +
           "); training goes from lr to min_lr.";
  return "";
}

void validate(const TrainOptions& options) {
  if (const std::string problem = problem_of(options); !problem.empty()) throw std::invalid_argument(problem);
}

}  // namespace mini_llm
