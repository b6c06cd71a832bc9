#!/usr/bin/env bash
# Makes .venv, if it is not there, and installs a locked list of packages into it.
# usage: scripts/install.sh requirements.txt
#
# On Debian, venv is a package of its own. Without it: installed where that is allowed, else pip is
# unpacked from Debian's own package, which needs no privilege.
set -euo pipefail
cd "$(dirname "$0")/.."
. scripts/debian.sh

python=${PYTHON:-python3}
if ! "$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
    echo "Il faut Python 3.11 ou plus récent (PYTHON=/chemin/vers/python3 make … pour le désigner)." >&2
    exit 1
fi

make_venv() {
    if ! "$python" -c 'import ensurepip, venv' 2>/dev/null; then
        debian_install python3-venv || true
    fi
    if "$python" -c 'import ensurepip, venv' 2>/dev/null; then
        "$python" -m venv --clear .venv
        return
    fi
    debian_unpack .venv/debian python3-pip-whl || return 1
    "$python" -m venv --without-pip .venv
    local wheels=(.venv/debian/usr/share/python-wheels/pip-*.whl)
    .venv/bin/python "${wheels[0]}/pip" install --quiet --no-index \
        --find-links .venv/debian/usr/share/python-wheels pip
}

if ! .venv/bin/python -m pip --version >/dev/null 2>&1; then
    make_venv || {
        echo "Impossible de préparer .venv : installez le paquet python3-venv" \
            "(sudo apt-get install python3-venv), puis recommencez." >&2
        exit 1
    }
fi
echo "Installation des paquets Python de $1…"
.venv/bin/python -m pip install --quiet --disable-pip-version-check \
    --only-binary :all: --require-hashes -r "$1"
