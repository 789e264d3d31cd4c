#!/usr/bin/env bash
# Makes .venv with a Python of 3.11 or newer, and lets scripts/setup.py do the rest in it.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

is_new_enough() { "$1" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; }

find_python() {
    local name
    for name in ${PYTHON:-} python3.11 python3.12 python3.13 python3 python; do
        if is_new_enough "$name"; then echo "$name" && return; fi
    done
    echo "Python 3.11 or newer was not found. Install it, or name it: make setup PYTHON=/path/to/python3" >&2
    return 1
}

if ! is_new_enough .venv/bin/python; then
    python=$(find_python)
    "$python" -m venv --clear .venv || {
        rm -rf .venv
        echo "This Python makes no virtual environments (Debian: apt-get install python3-venv)." >&2
        exit 1
    }
fi
exec .venv/bin/python -m scripts.setup "$@"
