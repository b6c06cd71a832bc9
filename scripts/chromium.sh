#!/usr/bin/env bash
# Makes .venv/bin/chromium, which the browser tests start: the machine's Chromium, else Debian's,
# installed where that is allowed and only unpacked into .venv where it is not.
set -euo pipefail
cd "$(dirname "$0")/.."
. scripts/debian.sh

launcher=.venv/bin/chromium

write_launcher() {
    printf '#!/bin/sh\n%s\n' "$1" >"$launcher"
    chmod +x "$launcher"
}

unpacked_chromium() {
    local root=$PWD/.venv/debian libraries
    debian_unpack "$root" chromium fonts-dejavu-core || return 1
    libraries=$(find "$root"/lib "$root"/usr/lib -type d -path '*-linux-gnu*' -printf '%p:' \
        2>/dev/null)
    # Nothing was configured: fontconfig is told where the fonts are.
    cat >"$root/fonts.conf" <<XML
<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig>
  <dir>/usr/share/fonts</dir>
  <dir>$root/usr/share/fonts</dir>
  <cachedir>$root/fonts-cache</cachedir>
</fontconfig>
XML
    write_launcher "export LD_LIBRARY_PATH='$libraries' FONTCONFIG_FILE='$root/fonts.conf'
exec '$root/usr/lib/chromium/chromium' \"\$@\""
}

if command -v chromium >/dev/null || debian_install chromium fonts-dejavu-core; then
    write_launcher "exec '$(command -v chromium)' \"\$@\""
elif ! unpacked_chromium; then
    echo "Les tests de navigateur ont besoin de Chromium, qui n’a pas pu être installé :" \
        "installez-le (sudo apt-get install chromium), puis recommencez." >&2
    exit 1
fi
if ! "$launcher" --version; then
    rm "$launcher"
    echo "Chromium ne démarre pas : installez-le avec ce dont il a besoin" \
        "(sudo apt-get install chromium), puis recommencez." >&2
    exit 1
fi
