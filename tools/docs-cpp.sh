#!/bin/sh
# npm run docs:cpp: API documentation of the core in build/docs/cpp, made in the toolchain.
set -eu
command -v doxygen >/dev/null || {
  echo 'doxygen is missing. Install it, in the private toolchain with: npm run tool -- apt-get install -y doxygen' >&2
  exit 1
}
mkdir -p build/docs
doxygen docs/Doxyfile
