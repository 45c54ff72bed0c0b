#!/bin/sh
# The heavier runs, by hand: a million fuzzed inputs for every decoder, ten thousand power cuts, seventy kills,
# thousands of journeys with faults, every fault planted, how much of the drivers the tests reach, and ten thousand
# events drained. Prints the commit, the seed, and each result.
set -eu
cd "$(dirname "$0")/.."
. deploy/prepare.sh
zhizhu_ready requirements-dev.lock "$ZHIZHU_PYTHON_PACKAGES $ZHIZHU_BUILD_PACKAGES" "$ZHIZHU_RUNTIME_PACKAGES $ZHIZHU_TEST_PACKAGES"
bin=.venv/bin
export QT_QPA_PLATFORM=offscreen QT_QUICK_BACKEND=software LANG=C.UTF-8
seed=${1:-$(od -An -N3 -tu4 /dev/urandom | tr -d ' ')}
began=$(date +%s)
echo "commit $(git rev-parse HEAD), seed $seed"

echo "== fuzz"; $bin/python -m tests.fuzz.run --runs 1000000 --seed "$seed"

echo "== power cuts"; $bin/python -m tests.power_cut.run --states 10000 --seed "$seed"

export ZHIZHU_NIGHT=1
echo "== every journey, and what is marked as of the night"
$bin/python -m pytest -q --timeout=6000 tests/deploy/test_first_journey.py
$bin/python -m pytest -q --timeout=3000 -m night tests

echo "== kills"
ZHIZHU_KILLS=60 ZHIZHU_TERMINAL_KILLS=12 $bin/python -m pytest -q --timeout=3000 tests/deploy/test_kills.py \
    tests/deploy/test_terminal_kills.py

echo "== lives, and lines that break"
ZHIZHU_LIVES=500 $bin/python -m pytest -q --timeout 14400 --hypothesis-seed "$seed" tests/deploy/test_machine_whole.py
for turn in 1 2 3 4 5 6 7 8 9 10; do ZHIZHU_CHAOS_SEED=$((seed + turn)) $bin/python -m pytest -q tests/deploy/test_chaos.py; done

echo "== workers"; ZHIZHU_CASES=5000 $bin/python -m pytest -q -s --timeout=3000 tests/deploy/test_worker_chaos.py

echo "== any order"
ZHIZHU_ORDERS=1000 $bin/python -m pytest -q --timeout=3000 --hypothesis-seed "$seed" tests/kiosk/journey/test_any_order.py

echo "== every outside party late, wrong, silent, twice"
ZHIZHU_PARTY_ORDERS=200 ZHIZHU_PARTY_STEPS=40 $bin/python -m pytest -q --timeout=7200 --hypothesis-seed "$seed" tests/hub/orders

echo "== line and stick"; ZHIZHU_WEEKS=200 $bin/python -m pytest -q --timeout=3000 tests/deploy/test_carry_machine.py

echo "== what /openapi.json describes"
ZHIZHU_DESCRIBED=200 ZHIZHU_DESCRIBED_SEED="$seed" $bin/python -m pytest -q --timeout=7200 tests/hub/described

echo "== soak"; $bin/python -m tests.soak.run --journeys 4000 --seed "$seed" | tail -1
echo "== coverage of drivers/"
report=$(mktemp)
trap 'rm -f "$report"' EXIT
ZHIZHU_PLANTED=all ZHIZHU_PICTURES=all $bin/python -m pytest -q tests/drivers tests/soak --cov=drivers --cov-branch --cov-report=term:skip-covered \
    --cov-report=json:"$report" --cov-fail-under=95
$bin/python -m deploy.branches "$report" 95

echo "== notices in any order"
ZHIZHU_NOTICES=60 $bin/python -m pytest -q --timeout=3000 --hypothesis-seed "$seed" tests/hub/notices/test_any_order.py

echo "== pages, at both sizes"; ZHIZHU_PAGES=all $bin/python -m pytest -q --timeout=3000 tests/hub/pages

echo "== sync"; $bin/zhizhu bench sync --full

echo "== done in $(($(date +%s) - began)) s"
