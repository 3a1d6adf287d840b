#!/bin/sh
# The private toolchain: a Debian 13 system in a folder, which holds an Emscripten that is new enough where the machine's
# own is not.
#   debian-root.sh possible                    fails with a reason if a root cannot be made or entered here
#   debian-root.sh has ROOT PACKAGE…           succeeds if ROOT holds the packages
#   debian-root.sh install ROOT PACKAGE…       makes ROOT if it is missing, and installs the packages that it lacks; the ROOT
#                                              "host" is this machine
#   debian-root.sh browser                     installs Chromium on this machine, with fonts for Korean and emoji
#   debian-root.sh firefox                     installs Firefox on this machine
#   debian-root.sh run ROOT CHECKOUT COMMAND…  runs a command in it, in the checkout, which has the same path inside
set -eu
suite=trixie

# Commands run in a mount namespace, which ends with them and its mounts, and in a process namespace, whose processes are
# all killed when this one dies: nothing is left running.
in_namespaces() {
  setpriv --pdeathsig KILL unshare --mount --pid --fork --kill-child --mount-proc "$@"
}

# enter ROOT CHECKOUT COMMAND…
enter() {
  # shellcheck disable=SC2016 # expanded by the inner shell
  in_namespaces sh -c '
    set -e
    root=$1 checkout=$2
    shift 2
    mkdir -p "$root$checkout"
    mount --bind "$checkout" "$root$checkout"
    mount --rbind /proc "$root/proc"
    mount --rbind /dev "$root/dev"
    exec chroot "$root" /usr/bin/env -C "$checkout" -i PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/root LANG=C.UTF-8 \
      DEBIAN_FRONTEND=noninteractive ${http_proxy:+"http_proxy=$http_proxy"} ${https_proxy:+"https_proxy=$https_proxy"} \
      "$@"' sh "$@"
}

# apt-get, or with "enter ROOT /tmp" before it that of the root. It waits for other users of apt: a new machine installs its
# own updates in its first minutes, and apt itself waits for dpkg's lock only.
with_apt() {
  log=$(mktemp)
  for attempt in 1 2 3 4 5 6 7 8 9 10; do
    if "$@" >"$log" 2>&1; then
      rm "$log"
      return 0
    elif grep -q 'dpkg --configure -a' "$log"; then
      dpkg --configure -a # an installation before this one was killed half-way
    elif grep -qiE 'could not get lock|unable to (acquire|lock)' "$log"; then
      sleep 20
    else
      break
    fi
  done
  tail -n 30 "$log" >&2
  rm "$log"
  return 1
}

# apt_install "" PACKAGE… on this machine, apt_install ROOT PACKAGE… in the root. Package lists are fetched only if the
# installation fails without.
apt_install() {
  inside=${1:+enter $1 /tmp}
  shift
  options='-q -y -o DPkg::Lock::Timeout=300 -o Acquire::Retries=5 -o APT::Keep-Downloaded-Packages=false'
  export DEBIAN_FRONTEND=noninteractive
  # shellcheck disable=SC2086 # lists of words
  with_apt $inside apt-get $options install --no-install-recommends "$@" 2>/dev/null || {
    with_apt $inside apt-get $options update || true
    with_apt $inside apt-get $options install --no-install-recommends "$@"
  }
}

possible() {
  if [ "$(id -u)" != 0 ] || [ ! -f /etc/debian_version ] || ! command -v apt-get >/dev/null; then
    echo 'this is not Debian or Ubuntu with you as root'
    return 1
  fi
  in_namespaces true 2>/dev/null || {
    echo 'this container may not mount (it lacks CAP_SYS_ADMIN)'
    return 1
  }
}

# make ROOT PACKAGE…
make_root() {
  root=$1
  shift
  free=$(df -Pk "$(dirname "$root")" | awk 'NR == 2 { print int($4 / 1e6) }')
  if [ "$free" -lt 3 ]; then
    echo "The private toolchain needs 3 GB in $root, where $free GB are free; set MINI_LLM_CACHE to a folder elsewhere." >&2
    return 1
  fi
  keyring=/usr/share/keyrings/debian-archive-keyring.gpg
  if ! command -v mmdebstrap >/dev/null || [ ! -f $keyring ]; then
    apt_install '' mmdebstrap debian-archive-keyring
  fi
  rm -rf --one-file-system "$root" "$root.partial"
  # Emscripten's libraries for link-time optimization, dynamic linking and sanitizers are two thirds of the root.
  # Thousands of files need not reach the disk one by one: an unfinished root is thrown away.
  libraries=/usr/share/emscripten/cache/sysroot/lib/wasm32-emscripten
  log=$(mktemp)
  in_namespaces mmdebstrap --mode=root --variant=apt \
    --aptopt='Acquire::Retries "5"' --dpkgopt=force-unsafe-io \
    --dpkgopt='path-exclude=/usr/share/doc/*' --dpkgopt='path-exclude=/usr/share/man/*' \
    --dpkgopt='path-exclude=/usr/share/locale/*' \
    --dpkgopt="path-exclude=$libraries/lto*" --dpkgopt="path-exclude=$libraries/pic/*" \
    --dpkgopt="path-exclude=$libraries/*asan*" --dpkgopt="path-exclude=$libraries/*wasmfs*" \
    --include="$(echo "$*" | tr ' ' ,)" $suite "$root.partial" >"$log" 2>&1 || {
    tail -n 30 "$log" >&2
    return 1
  }
  rm "$log"
  mv "$root.partial" "$root"
}

has() {
  list=$1/.mini-llm-packages
  shift
  for package; do
    grep -qsx "$package" "$list" || return 1
  done
}

# The list of the installed packages is written last: a root without it is unfinished.
install() {
  list=$1/.mini-llm-packages
  if [ ! -f "$list" ]; then
    make_root "$@"
  else
    apt_install "$@"
  fi
  root=$1
  shift
  printf '%s\n' "$@" >>"$list"
}

command=$1
shift
case $command in
  possible) possible ;;
  has) has "$@" ;;
  install)
    if [ "$1" = host ]; then
      shift
      apt_install '' "$@"
      exit
    fi
    mkdir -p "$(dirname "$1")"
    # One process at a time; the next one finds little left to do.
    exec 9>"$1.lock"
    flock 9
    install "$@"
    ;;
  browser) apt_install '' chromium fonts-noto-cjk fonts-noto-color-emoji ;;
  firefox) apt_install '' firefox-esr ;;
  run) enter "$@" ;;
esac
