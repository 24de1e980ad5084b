#!/bin/sh
# Repairs a bundled bug in a throw-away copy: no key, no model, no network. Usage: demo.sh path/to/fixbot
set -eu

fixbot=$(cd "$(dirname "$1")" && pwd)/$(basename "$1")
here=$(cd "$(dirname "$0")/.." && pwd)
work=$(mktemp -d "${TMPDIR:-/tmp}/fixbot-demo.XXXXXX")
trap 'rm -rf "$work"' EXIT INT TERM

show() {
    name=$1
    shift
    cp -R "$here/examples/cases/$name" "$work/$name"
    git -C "$work/$name" init --quiet
    git -C "$work/$name" add .
    git -C "$work/$name" -c user.name=demo -c user.email=demo@localhost commit --quiet -m "$name as its users have it"
    printf '\n$ fixbot %s    # in examples/cases/%s\n\n' "$*" "$name"
    (cd "$work/$name" && "$fixbot" "$@" --trust --no-model --python "$(dirname "$fixbot")/python")
}

show ledger solve
show meetings solve issue.md
