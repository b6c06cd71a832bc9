#!/usr/bin/env bash
# LibreOffice opens what the exports write. Where it is not there and cannot be installed, its test
# is left out, and that is said: everything else is read back by other means.
set -euo pipefail
cd "$(dirname "$0")/.."
. scripts/debian.sh

if ! command -v soffice >/dev/null && ! debian_install libreoffice-calc-nogui; then
    echo "LibreOffice n’a pas pu être installé : le test qui lui fait ouvrir les exports est laissé" \
        "de côté (sudo apt-get install libreoffice-calc-nogui pour l’avoir)." >&2
fi
