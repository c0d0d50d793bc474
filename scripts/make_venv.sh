#!/usr/bin/env bash
# Makes .venv from the hashed locks and installs the checkout into it, editable.
# Usage: make_venv.sh PYTHON; uv is used when it is on PATH, else venv and pip.
set -euo pipefail

in_range() {
  "$1" -c 'import sys; sys.exit(not (3, 11) <= sys.version_info < (3, 14))' 2>/dev/null
}

new_venv() {
  local python
  for python in "$1" python3.13 python3.12 python3.11; do
    if in_range "$python"; then
      if command -v uv >/dev/null; then
        uv venv --quiet --clear --python "$(command -v "$python")" .venv
      else
        "$python" -c 'import ensurepip' 2>/dev/null || bash scripts/system_packages.sh python3-venv
        "$python" -m venv --clear .venv
      fi
      return
    fi
  done
  echo "Python 3.11, 3.12 or 3.13 is needed, and '$1' is not one of them. Install one" >&2
  echo "(Debian: apt-get install python3 python3-venv) or name it: make PYTHON=/path/to/python" >&2
  exit 1
}

in_range .venv/bin/python || new_venv "$1"

if command -v uv >/dev/null; then
  install=(uv pip install --quiet --python .venv/bin/python)
else
  .venv/bin/python -c 'import pip' 2>/dev/null || new_venv "$1"
  install=(.venv/bin/python -m pip install --quiet --disable-pip-version-check)
fi

locks=(--requirement requirements.lock)
if ! command -v npm >/dev/null || ! command -v node >/dev/null; then
  locks+=(--requirement requirements-npm.lock)
fi

echo "Installing the locked packages into .venv ($(.venv/bin/python --version))" >&2
"${install[@]}" --require-hashes "${locks[@]}"
"${install[@]}" --no-deps --no-build-isolation --editable .

# An editable install only warns where the scripts of the pages could not be fetched; nobody is to
# find that out when publishing.
.venv/bin/python hatch_build.py
