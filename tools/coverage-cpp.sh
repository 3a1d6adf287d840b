#!/bin/sh
# npm run coverage:cpp: line coverage of the C++ tests, as HTML in build/coverage/cpp. Runs in the toolchain.
set -eu
command -v gcovr >/dev/null || {
  echo 'gcovr is missing. Install it, in the private toolchain with: npm run tool -- apt-get install -y gcovr' >&2
  exit 1
}
cmake --preset coverage
cmake --build --preset coverage --target mini_llm_tests
# Counts of earlier runs would be added.
find build/coverage -name '*.gcda' -delete
build/coverage/mini_llm_tests --gtest_brief=1
mkdir -p build/coverage/cpp
gcovr --root cpp --exclude cpp/tests --exclude cpp/bench --print-summary --html-details build/coverage/cpp/index.html \
  build/coverage
