#!/bin/sh
# npm run coverage:cpp: builds and runs the C++ tests with line coverage, in the toolchain. HTML in build/coverage/cpp.
set -eu
command -v gcovr >/dev/null || {
  echo 'gcovr is missing. Install it, in the private toolchain with: npm run tool -- apt-get install -y gcovr' >&2
  exit 1
}
cmake --preset coverage
cmake --build --preset coverage --target mini_llm_tests
find build/coverage-tests -name '*.gcda' -delete
build/coverage-tests/mini_llm_tests --gtest_brief=1
mkdir -p build/coverage/cpp
gcovr --root cpp --object-directory build/coverage-tests --exclude cpp/tests --exclude cpp/bench --print-summary \
  --html-details build/coverage/cpp/index.html
