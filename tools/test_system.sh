#!/bin/sh
# Installs the system tools that some tests need. A tool that cannot be had is named, not hidden: the suite skips its
# tests, and in CI (CI=true) fails unless FIXBOT_TEST_WITHOUT names it.
set -eu

missing=""
for pair in bwrap:bubblewrap nvim:neovim node:nodejs npm:npm chromium:chromium ctags:universal-ctags emacs:emacs-nox; do
    command -v "${pair%%:*}" >/dev/null 2>&1 || missing="$missing ${pair#*:}"
done
if [ -z "$missing" ]; then
    echo "test-system: everything is there"
    exit 0
fi
if ! command -v apt-get >/dev/null 2>&1; then
    echo "test-system: please install:$missing"
    exit 0
fi
run=""
[ "$(id -u)" = 0 ] || run="sudo"
export DEBIAN_FRONTEND=noninteractive
$run apt-get update -qq
# Emacs before 29 has no eglot of its own; where it has, there may be no such package.
case $missing in *emacs*) ! apt-cache show elpa-eglot >/dev/null 2>&1 || missing="$missing elpa-eglot" ;; esac
# shellcheck disable=SC2086 # a list of packages is meant to split
$run apt-get install -y -qq --no-install-recommends $missing >/dev/null
echo "test-system: installed$missing"
