#!/bin/sh
# npm run setup [-- --tests]: installs npm packages and the compilers, and with --tests what only the tests need. `npm start`
# and `npm test` begin with it; nothing else installs anything.
set -eu
cd "$(dirname "$0")/.."
checkout=$PWD
root=${MINI_LLM_CACHE:-$HOME/.cache/mini-llm}/debian13
# What is installed for this checkout: the lock file of the npm packages, and where the compilers are ("host" or the root).
state=node_modules/.mini-llm
oldest_emscripten=3.1.69

say() { echo "$*" >&2; }

fail() {
  say "mini-llm: $*"
  exit 1
}

packages() { cat tools/packages/build.txt ${tests:+tools/packages/test.txt}; }

install_npm_packages() {
  cmp -s package-lock.json $state/package-lock.json && return
  say 'Installing npm packages …'
  npm ci --no-audit --no-fund --fetch-retries=5 >&2
  # npm links the commands of dependencies only: with this, `npx mini-llm` finds ours at once.
  ln -sf ../../bin/mini-llm.mjs node_modules/.bin/mini-llm
  mkdir -p $state
  cp package-lock.json $state/
  say 'npm packages are installed.'
}

# install_test_packages FOLDER WHAT
install_test_packages() {
  cmp -s "$1/package-lock.json" "$1/node_modules/installed" && return
  say "Installing $2 for the tests …"
  npm ci --prefix "$1" --omit=optional --no-audit --no-fund --fetch-retries=5 >&2
  cp "$1/package-lock.json" "$1/node_modules/installed"
}

# Newer Nodes, which pack SIMD operations in pairs; their packages exist for this system only.
install_nodes() {
  if [ "$(uname -sm)" != 'Linux x86_64' ]; then
    say 'The tests with Node 24 and 26 are left out: they need Linux on x86_64.'
    return
  fi
  install_test_packages tools/nodes 'Node 24 and 26'
}

# Programs that read what mini-llm exports. llama.cpp comes ready-made for one kind of machine only.
install_readers() {
  [ "$(uname -sm)" = 'Linux x86_64' ] || return 0
  install_test_packages tools/readers 'readers of exported models'
}

# Finds inputs that break what reads files and is written in TypeScript.
install_fuzzer() {
  [ "$(uname -sm)" = 'Linux x86_64' ] || return 0
  install_test_packages tools/fuzzer 'Jazzer.js'
}

has_header() {
  for folder in /usr/include /usr/local/include /opt/homebrew/include ${CONDA_PREFIX:+"$CONDA_PREFIX/include"} \
    $(echo "${CPATH-}" | tr : ' '); do
    [ -e "$folder/$1" ] && return
  done
  return 1
}

# The names of what this machine lacks, one a line.
missing_here() {
  version=$(emcc --version 2>/dev/null | sed -n '1s/.* \([0-9][0-9.]*\).*/\1/p')
  { [ -n "$version" ] && printf '%s\n' $oldest_emscripten "$version" | sort -VC; } ||
    echo "Emscripten $oldest_emscripten or newer (emcc on PATH)"
  for program in cmake ninja tsc ${tests:+clang-format}; do
    command -v $program >/dev/null || echo "$program"
  done
  for library in xtensor xtl nlohmann ${tests:+gtest}; do
    has_header "$library" || echo "$library"
  done
  [ -z "$tests" ] || command -v c++ >/dev/null || echo 'a C++20 compiler'
}

install_toolchain() {
  if tools/debian-root.sh has "$root" $(packages); then
    echo "$root"
    return
  fi
  missing=$(missing_here)
  if [ -z "$missing" ]; then
    echo host
    return
  fi
  obstacle=$(tools/debian-root.sh possible) || fail "To build the core, install $(echo "$missing" | paste -sd, |
    sed 's/,/, /g'); or run this as root on Debian or Ubuntu, where the set-up makes a private toolchain by itself" \
    "(here it cannot: $obstacle)."
  say "Installing the compilers in $root (1.2 GB, about a minute) …"
  tools/debian-root.sh install "$root" $(packages) >&2
  say 'The compilers are installed.'
  echo "$root"
}

find_browser() {
  for name in "${CHROME_PATH-}" chromium chromium-browser google-chrome google-chrome-stable; do
    [ -n "$name" ] && command -v "$name" && return
  done
  return 1
}

install_browser() {
  find_browser && return
  tools/debian-root.sh possible >/dev/null ||
    fail 'The tests of the page need Chromium or Chrome; install one, or set CHROME_PATH to it.'
  say 'Installing Chromium for the tests of the page …'
  tools/debian-root.sh browser >&2
  find_browser
}

# PyTorch, safetensors and numpy, where the compilers are: they read what is exported and run examples/distributed. Their
# tests are skipped without them, so the set-up goes on if they cannot be installed.
install_python() {
  where=$(cat build/toolchain)
  python=$(cat tools/packages/python.txt)
  if [ "$where" = host ]; then
    /usr/bin/python3 -c 'import torch, safetensors, numpy' 2>/dev/null && return
    tools/debian-root.sh possible >/dev/null || return 0
  else
    tools/debian-root.sh has "$where" $python && return
  fi
  say 'Installing PyTorch and numpy for the tests (0.9 GB) …'
  tools/debian-root.sh install "$where" $python >&2 ||
    say 'PyTorch could not be installed; the tests with it will be skipped.'
}

# The tests in Firefox are skipped without it, so the set-up goes on if it cannot be installed.
install_firefox() {
  for name in "${FIREFOX_PATH-}" firefox-esr firefox; do
    [ -n "$name" ] && command -v "$name" >/dev/null && return
  done
  tools/debian-root.sh possible >/dev/null || return 0
  say 'Installing Firefox for the tests of exported pages …'
  tools/debian-root.sh firefox >&2 || say 'Firefox could not be installed; the tests in it will be skipped.'
}

tests=
[ "${1-}" != --tests ] || tests=yes
printf '%s\n' v20.19.0 "$(node --version)" | sort -VC || fail "This is Node $(node --version); install Node 20.19 or newer."

# One set-up at a time in this checkout. The lock ends with the processes that hold it.
mkdir -p build
exec 9>build/setup.lock
command -v flock >/dev/null && flock 9

# All at the same time: they wait for the network most of the time. Ctrl-C ends them too.
trap 'trap - TERM; kill 0' INT TERM
install_npm_packages &
npm=$!
{
  install_toolchain >build/toolchain
  [ -z "$tests" ] || install_python
} &
toolchain=$!
# One after the other: both use apt.
[ -z "$tests" ] || { install_browser >build/browser && install_firefox; } &
browser=$!
[ -z "$tests" ] || install_nodes &
nodes=$!
[ -z "$tests" ] || { install_readers && install_fuzzer; } &
readers=$!
status=0
for job in $npm $toolchain $browser $nodes $readers; do wait $job || status=1; done
[ $status = 0 ] || exit 1
mkdir -p $state
mv build/toolchain $state/
[ -z "$tests" ] || mv build/browser $state/
