#!/usr/bin/env bash
# Installs further hashed locks into the .venv that make_venv.sh made.
# Usage: add_locked.sh LOCK...; uv is used when it is on PATH, else the pip or the uv of .venv.
set -euo pipefail

if command -v uv >/dev/null; then
  install=(uv pip install --quiet --python .venv/bin/python)
elif ! .venv/bin/python -c 'import pip' 2>/dev/null; then
  install=(.venv/bin/uv pip install --quiet --python .venv/bin/python)
else
  install=(.venv/bin/python -m pip install --quiet --disable-pip-version-check)
fi

for lock in "$@"; do
  "${install[@]}" --require-hashes --requirement "$lock"
done
