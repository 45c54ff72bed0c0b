#!/bin/sh
# The whole test suite: format, lint, types, QML, then the tests. Installs what is missing, from the lock file.
set -eu
cd "$(dirname "$0")/.."
. deploy/prepare.sh
zhizhu_ready requirements-dev.lock "$ZHIZHU_PYTHON_PACKAGES $ZHIZHU_BUILD_PACKAGES" "$ZHIZHU_RUNTIME_PACKAGES $ZHIZHU_TEST_PACKAGES"
bin=.venv/bin
export QT_QPA_PLATFORM=offscreen QT_QUICK_BACKEND=software LANG=C.UTF-8
# The workers fill the cores: a second thread for products of small matrices only spins. And freed memory stays with its
# process, up to 256 MB: fetched page by page from the kernel again it cost the tests with pictures a third of their time.
# Hundreds of processes import the same thousand files: whatever the machine says, they are compiled once.
unset PYTHONDONTWRITEBYTECODE
export OPENBLAS_NUM_THREADS=1 MALLOC_MMAP_MAX_=0 MALLOC_TRIM_THRESHOLD_=268435456

echo "== ruff"; $bin/ruff format --check -q . ; $bin/ruff check -q .
# Types and QML are looked at beside the tests: each alone would leave a core idle for a minute.
looked=$(mktemp)
trap 'rm -f "$looked"' EXIT
{ echo "== mypy --strict" && $bin/mypy && echo "== QML" && $bin/python -m deploy.qml; } >"$looked" 2>&1 &
looking=$!
# One process reads all tests first, beside mypy, so that the workers find every file compiled: each at once on its own
# would cost twice the time. What cannot be read is told by the run itself.
echo "== pytest"
$bin/python -m pytest -q --collect-only "$@" >/dev/null 2>&1 || true
# Four workers on two cores: a third of the suite waits for processes, devices and deadlines. A file stays with one
# worker; in which order they come, tests/conftest.py says.
result=0
$bin/python -m pytest -q -n 4 --dist loadfile --no-loadscope-reorder "$@" || result=$?
wait "$looking" || result=1
cat "$looked"
exit "$result"
