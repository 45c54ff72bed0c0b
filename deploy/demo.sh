#!/bin/sh
# A terminal window, its simulated devices and a hub with console, on this one machine. Arguments go to `zhizhu demo`.
set -eu
cd "$(dirname "$0")/.."
. deploy/prepare.sh
zhizhu_ready requirements.lock "$ZHIZHU_PYTHON_PACKAGES" "$ZHIZHU_RUNTIME_PACKAGES"
exec .venv/bin/zhizhu demo "$@"
