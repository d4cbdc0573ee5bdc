#!/usr/bin/env bash
# Runs every test of the project. Installs what a Debian machine with only the .NET 10 SDK lacks, builds, publishes the
# two native binaries when what they are made of changed, and runs each test project.
#
#   ./test.sh [PROJECT...]        e.g. ./test.sh EdgeJobs.EndToEnd.Tests
#
# The last line is 'N passed, N failed, N skipped'. Exit code 0 only if all is built, at least one test ran and none failed;
# with CI=true none may be skipped either. Results: artifacts/test-results/*.trx.
set -euo pipefail
# Each test run becomes a process group of its own, so that nothing outlives it.
set -m

root=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
cd "$root"
results=$root/artifacts/test-results
export DOTNET_NOLOGO=1 DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_CLI_USE_MSBUILD_SERVER=0 MSBUILDDISABLENODEREUSE=1

# How long one test may take, and one test project altogether.
test_limit=5m
project_limit=20m

step() { printf '\n== %s\n' "$*"; }

stop() { echo "error: $1" >&2; exit 1; }

[[ $(uname -s)-$(uname -m) == Linux-x86_64 ]] \
  || stop "the tests run the linux-x64 binary natively and the linux-arm64 one under qemu-user: they need Linux on x86_64."
command -v dotnet > /dev/null || stop "no dotnet on PATH: install the .NET 10 SDK, then run again."

# Says what a binary is made of: its sources, the build's settings and the SDK.
inputs() {
  {
    dotnet --version
    find src/EdgeJobs.Agent src/EdgeJobs.Client src/EdgeJobs.Protocol src/EdgeJobs.Runtime generators/EdgeJobs.Generators \
      topics.json Directory.Build.props Directory.Packages.props global.json publish-arm64.sh \
      \( -name bin -o -name obj \) -prune -o -type f -print0 | sort --zero-terminated | xargs --null sha256sum
  } | sha256sum
}

publish() {
  local output=artifacts/$1 made_of
  made_of=$(inputs)
  if [[ -x $output/edgejobs && -f $output/inputs.sha256 && $(< "$output/inputs.sha256") == "$made_of" ]]; then
    echo "$output/edgejobs is up to date"
    return
  fi
  rm -f "$output/inputs.sha256"
  ./publish-arm64.sh --rid "$1" --output "$output"
  echo "$made_of" > "$output/inputs.sha256"
}

# The number in one attribute of the <Counters> of a results file; 0 without a file.
counter() {
  local value
  value=$(grep --only-matching '<Counters [^>]*' "$1" 2> /dev/null | grep --only-matching " $2=\"[0-9]*\"" | tr -dc 0-9 || true)
  echo "${value:-0}"
}

# run PROJECT_FILE: runs its tests and adds to passed, failed and skipped.
run() {
  local name trx code=0 total executed ran_passed ran_failed pid
  name=$(basename "$1" .csproj)
  trx=$results/$name.trx
  step "$name"
  rm -f "$trx"
  timeout --kill-after=30s "$project_limit" dotnet test "$1" --configuration Release --no-build \
    --logger "trx;LogFileName=$name.trx" --logger 'console;verbosity=normal' --results-directory "$results" \
    --blame-hang --blame-hang-timeout "$test_limit" --blame-hang-dump-type none < /dev/null > "$results/$name.log" 2>&1 &
  pid=$!
  trap 'kill -KILL -- -$pid 2> /dev/null; exit 130' INT TERM
  wait "$pid" || code=$?
  trap - INT TERM
  kill -KILL -- "-$pid" 2> /dev/null || true

  total=$(counter "$trx" total)
  executed=$(counter "$trx" executed)
  ran_passed=$(counter "$trx" passed)
  ran_failed=$(( executed - ran_passed ))
  if (( ran_failed == 0 && (code != 0 || total == 0) )); then
    # A hang, a crash, a run that never began or found no test: one failure more than the results file knows of.
    ran_failed=1
  fi
  if (( code != 0 )); then
    # What passed says nothing here; a hung or crashing test is named near the end.
    grep -vE '^ *Passed ' "$results/$name.log" || true
    (( code != 124 )) || echo "error: $name was still running after $project_limit and was ended."
  elif (( total == 0 )); then
    echo "error: $name holds no test that ran."
  fi
  echo "$name: $ran_passed passed, $ran_failed failed, $(( total - executed )) skipped"
  passed=$(( passed + ran_passed ))
  failed=$(( failed + ran_failed ))
  skipped=$(( skipped + total - executed ))
}

step "What the tests need"
eng/packages.sh mosquitto:mosquitto curl:curl awscli:aws qemu-user-static:qemu-aarch64-static nodejs:node npm:npm systemd:systemd-analyze strace:strace openssl:openssl \
  softhsm2:softhsm2-util libengine-pkcs11-openssl opensc:pkcs11-tool swtpm:swtpm libtpm2-pkcs11-1
eng/arm64-sysroot.sh
if [[ ! tests/asyncapi/node_modules/.package-lock.json -nt tests/asyncapi/package-lock.json ]]; then
  # Without the packages' own install scripts: the parser needs none.
  npm --prefix tests/asyncapi ci --ignore-scripts --no-audit --no-fund --loglevel=error < /dev/null
fi
echo "all there"

step "Build"
dotnet build EdgeJobs.sln --configuration Release -nodeReuse:false --verbosity quiet < /dev/null

step "Native binaries"
publish linux-x64
publish linux-arm64

passed=0 failed=0 skipped=0
mkdir -p "$results"
for project in tests/*.Tests/*.Tests.csproj; do
  if (( $# == 0 )) || [[ " $* " == *" $(basename "$project" .csproj) "* ]]; then
    run "$project"
  fi
done

echo
outcome=0
if (( passed + failed == 0 )); then
  echo "error: no test ran." >&2
  outcome=1
elif (( failed > 0 )); then
  outcome=1
elif (( skipped > 0 )) && [[ ${CI:-} == true ]]; then
  echo "error: skipped tests prove nothing: none may be skipped here." >&2
  outcome=1
fi
echo "$passed passed, $failed failed, $skipped skipped"
exit "$outcome"
