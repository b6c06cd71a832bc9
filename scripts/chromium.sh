#!/usr/bin/env bash
# Makes .venv/bin/chromium, which the browser tests start: the machine's Chromium, else Debian's,
# installed where that is allowed and only unpacked into .venv where it is not. The driver of the
# tests, which comes with their packages, wants a library that not every machine has: likewise.
set -euo pipefail
cd "$(dirname "$0")/.."
. scripts/debian.sh

launcher=$PWD/.venv/bin/chromium
unpacked=$PWD/.venv/debian

driver_starts() {
    LD_LIBRARY_PATH=.venv/lib .venv/lib/python3*/site-packages/playwright/driver/node --version \
        >/dev/null 2>&1
}

write_launcher() {
    printf '#!/bin/sh\n%s\n' "$1" >"$launcher"
    chmod +x "$launcher"
}

write_launcher_of_unpacked() {
    local libraries
    libraries=$(find "$unpacked"/lib "$unpacked"/usr/lib -type d -path '*-linux-gnu*' \
        -printf '%p:' 2>/dev/null || true)
    # Nothing was configured: fontconfig is told where the fonts are.
    cat >"$unpacked/fonts.conf" <<XML
<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig>
  <dir>/usr/share/fonts</dir>
  <dir>$unpacked/usr/share/fonts</dir>
  <cachedir>$unpacked/fonts-cache</cachedir>
</fontconfig>
XML
    write_launcher "export LD_LIBRARY_PATH='$libraries' FONTCONFIG_FILE='$unpacked/fonts.conf'
exec '$unpacked/usr/lib/chromium/chromium' \"\$@\""
}

mkdir -p "$unpacked"
missing=()
command -v chromium >/dev/null || missing+=(chromium fonts-dejavu-core)
driver_starts || missing+=(libatomic1)
if [ ${#missing[@]} -gt 0 ] && ! debian_install "${missing[@]}"; then
    debian_unpack "$unpacked" "${missing[@]}" || true
    # tests/browser/conftest.py has the driver look there.
    find "$unpacked" -name 'libatomic.so.1*' -exec cp -P {} .venv/lib/ \;
fi
if command -v chromium >/dev/null; then
    write_launcher "exec '$(command -v chromium)' \"\$@\""
else
    write_launcher_of_unpacked
fi
if ! driver_starts || ! "$launcher" --version; then
    rm -f "$launcher"
    echo "Les tests de navigateur ont besoin de Chromium et de libatomic1, qui n’ont pas pu être" \
        "installés : installez-les (sudo apt-get install chromium libatomic1)," \
        "puis recommencez." >&2
    exit 1
fi
