# Debian's packages, with or without privileges. To be sourced.

# Installs packages for the whole machine; fails without a word when that is not allowed.
debian_install() {
    local as=()
    command -v apt-get >/dev/null || return 1
    if [ "$(id -u)" != 0 ]; then
        sudo -n true 2>/dev/null || return 1
        as=(sudo -n)
    fi
    echo "Installation de paquets Debian : $*…"
    "${as[@]}" apt-get -qq update &&
        DEBIAN_FRONTEND=noninteractive "${as[@]}" apt-get -qq install --yes \
            --no-install-recommends "$@" >/dev/null
}

# Unpacks packages, with those they need and this machine lacks, into a folder. No privilege needed:
# the package lists and the cache are private, and nothing is configured.
debian_unpack() {
    local root=$1 private
    shift
    command -v apt-get >/dev/null && command -v dpkg-deb >/dev/null || return 1
    mkdir -p "$root"
    private=$(mktemp -d)
    mkdir -p "$private"/lists/partial "$private"/archives/partial
    local options=(
        -o Dir::State::Lists="$private/lists" -o Dir::Cache="$private"
        -o Dir::Cache::archives="$private/archives" -o Debug::NoLocking=true
    )
    echo "Paquets Debian, sans les installer : $*…"
    apt-get -qq "${options[@]}" update &&
        apt-get -qq "${options[@]}" install --yes --download-only --no-install-recommends "$@" \
            >/dev/null || { rm -rf "$private"; return 1; }
    local package
    for package in "$private"/archives/*.deb; do
        dpkg-deb --extract "$package" "$root" || { rm -rf "$private"; return 1; }
    done
    rm -rf "$private"
}
