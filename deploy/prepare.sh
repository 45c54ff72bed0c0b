# Sourced by demo.sh and test.sh: system packages, then the environment in .venv from the lock file.
# Usage: . deploy/prepare.sh; zhizhu_ready LOCK "PACKAGES that the environment needs" "the other PACKAGES"
# shellcheck shell=sh

zhizhu_say() { printf '%s\n' "$*" >&2; }

zhizhu_python() {
    for candidate in python3.13 python3.12 python3.11 python3; do
        if command -v "$candidate" >/dev/null 2>&1 &&
            "$candidate" -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] < (3, 14))' 2>/dev/null; then
            printf '%s\n' "$candidate"
            return 0
        fi
    done
    return 1
}

zhizhu_packages() { # installs what dpkg does not have; never touches what is there
    missing=
    for package in "$@"; do
        dpkg-query -W -f '${Status}' "$package" 2>/dev/null | grep -q 'ok installed' || missing="$missing $package"
    done
    [ -z "$missing" ] && return 0
    if [ "$(id -u)" = 0 ]; then
        zhizhu_say "正在安装系统软件包 Installing system packages:$missing"
        apt-get update -qq >/dev/null || { zhizhu_say "系统软件源不可用。请检查网络后重试。The package index cannot be reached. Check the network and try again."; return 1; }
        # shellcheck disable=SC2086
        DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $missing >/dev/null || {
            zhizhu_say "安装失败 These packages could not be installed:$missing"; return 1; }
    else
        zhizhu_say "缺少系统软件包。请管理员执行 Packages are missing. Ask an administrator to run:"
        zhizhu_say "    apt-get install -y --no-install-recommends$missing"
        return 1
    fi
}

zhizhu_environment() { # $1 = lock file; done again only when the lock or the project file changed
    # Not compiled beforehand: of a hundred packages a tenth is ever imported, and Python compiles that when it is.
    lock=$1
    stamp=.venv/.ready
    want=$(cat "$lock" pyproject.toml | sha256sum | cut -d' ' -f1)
    [ "$(cat "$stamp" 2>/dev/null)" = "$want" ] && return 0
    python=$(zhizhu_python) || {
        zhizhu_say "需要 Python 3.11 到 3.13。Python 3.11 to 3.13 is needed: apt-get install -y python3 python3-venv"; return 1; }
    zhizhu_say "正在准备运行环境 .venv Preparing .venv …"
    [ -x .venv/bin/python ] || "$python" -m venv .venv || return 1
    .venv/bin/python -m pip install -q --no-compile --disable-pip-version-check -r "$lock" || return 1
    .venv/bin/python -m pip install -q --disable-pip-version-check --no-deps -e . || return 1
    printf '%s\n' "$want" >"$stamp"
}

zhizhu_ready() { # $1 = lock file, $2 = what making the environment needs, $3 = all the rest, which is fetched beside it
    # shellcheck disable=SC2086
    zhizhu_packages $2 || return 1
    zhizhu_environment "$1" &
    made=$!
    well=0
    # shellcheck disable=SC2086
    zhizhu_packages $3 || well=1
    wait "$made" || well=1
    return "$well"
}

ZHIZHU_PYTHON_PACKAGES="python3 python3-venv"

# Qt's own libraries on a bare machine, the font every screen and slip is set in, the one travel permits are read by, and
# what sets the text of the hub's documents (libpango).
ZHIZHU_RUNTIME_PACKAGES="fonts-noto-cjk fonts-ocr-b libglib2.0-0 libegl1 libgl1 libxkbcommon0 libdbus-1-3 libfontconfig1 libxcb-cursor0 libxcb-icccm4 libxcb-keysyms1 libxcb-shape0 libxcb-xkb1 libxcb-render-util0 libxcb-image0 libxkbcommon-x11-0 libpango-1.0-0 libpangoft2-1.0-0"

# pyscard is built here.
ZHIZHU_BUILD_PACKAGES="gcc libc6-dev python3-dev swig libpcsclite-dev"

# chromium, libatomic1: a real browser, whose driver is a Node program.
# pcscd, vsmartcard-vpcd: a real card service. cups … dbus: a real IPP printer and a real queue. nut-server: a real upsd. alsa-utils: sound.
# postgresql: the hub's other database. swtpm, tpm2-tools: a software TPM. poppler-utils: another's eyes on sealed documents.
ZHIZHU_TEST_PACKAGES="chromium git libatomic1 pcscd vsmartcard-vpcd cups cups-client cups-ipp-utils avahi-daemon dbus nut-server nut-client alsa-utils libusb-1.0-0 postgresql swtpm tpm2-tools poppler-utils"
