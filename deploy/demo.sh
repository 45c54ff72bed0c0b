#!/bin/sh
# A terminal window, its simulated devices and a hub with console, on this one machine. Arguments go to `zhizhu demo`.
set -eu
cd "$(dirname "$0")/.."
. deploy/prepare.sh
# shellcheck disable=SC2086
zhizhu_packages $ZHIZHU_RUNTIME_PACKAGES
zhizhu_environment requirements.lock
exec .venv/bin/zhizhu demo "$@"
