#!/usr/bin/env bash
# The test command of the project: see usage below. The last line is 'N passed, N failed, N skipped'. The exit code is 0 only
# if everything builds, at least one test ran and none failed; with CI=true, a skipped test is an error too.
# Results: artifacts/test-results/*.trx.
set -euo pipefail
# Each test run is a process group of its own, so that its processes can be killed with it.
set -m

root=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
cd "$root"
results=$root/artifacts/test-results
export DOTNET_NOLOGO=1 DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_CLI_USE_MSBUILD_SERVER=0 MSBUILDDISABLENODEREUSE=1

# Time limits of one test and of one test project; an emulated board is slow, and so is the replay of thousands of power cuts.
test_limit=5m
project_limit=20m
board_limit=40m

# What each test project needs besides the .NET SDK. PACKAGE[:COMMAND] is a Debian package (see eng/packages.sh), native:RID the
# published agent (native:RID-next one with a higher version), deb:ARCH its Debian package, board:RELEASE the disk of a virtual board,
# arm64-sysroot the libraries that the linux-arm64 agent loads under qemu-user, asyncapi the AsyncAPI parser.
token="softhsm2:softhsm2-util libengine-pkcs11-openssl opensc:pkcs11-tool"
declare -A needs=(
  [EdgeJobs.Agent.Tests]=""
  [EdgeJobs.Board.Tests]="qemu-system-arm:qemu-system-aarch64 qemu-utils:qemu-img openssh-client:ssh e2fsprogs:mkfs.ext4 cpio:cpio
    xz-utils:xz debian-archive-keyring native:linux-arm64 native:linux-arm64-next deb:arm64 board:bookworm board:trixie"
  [EdgeJobs.Client.Tests]="mosquitto:mosquitto openssl:openssl $token"
  [EdgeJobs.EndToEnd.Tests]="mosquitto:mosquitto openssl:openssl $token swtpm:swtpm libtpm2-pkcs11-1 curl:curl awscli:aws strace:strace
    systemd:systemd-analyze systemd-container:systemd-nspawn lintian:lintian dpkg-dev:dpkg-scanpackages mandoc:mandoc man-db:man zsh:zsh
    fish:fish jq:jq zip:zip unzip:unzip gpg:gpg gpg-agent:gpg-agent nodejs:node npm:npm asyncapi
    qemu-user-static:qemu-aarch64-static arm64-sysroot native:linux-x64 native:linux-x64-next native:linux-arm64"
  [EdgeJobs.Generators.Tests]=""
  [EdgeJobs.LocalCloud.Tests]="mosquitto:mosquitto openssl:openssl awscli:aws"
  [EdgeJobs.Packages.Tests]="mosquitto:mosquitto jq:jq unzip:unzip"
  [EdgeJobs.PowerCut.Tests]="strace:strace native:linux-x64"
  [EdgeJobs.Protocol.Tests]=""
  [EdgeJobs.Runtime.Tests]="mosquitto:mosquitto openssl:openssl"
)
# Their tests are unit tests, except those with the trait Category=Integration.
fast=(EdgeJobs.Protocol.Tests EdgeJobs.Client.Tests EdgeJobs.Runtime.Tests EdgeJobs.Agent.Tests EdgeJobs.LocalCloud.Tests
  EdgeJobs.Generators.Tests)

usage() {
  cat << EOF
usage: ./test.sh [--fast | PROJECT...]

  ./test.sh             everything: installs what a Debian machine lacks, checks the format, builds the solution, publishes the
                        agent for linux-x64 and linux-arm64 when its inputs changed, and runs each test project
  ./test.sh --fast      unit tests: installs and publishes nothing. Leaves out the projects for boards, native binaries, packages
                        and power cuts, and each test with the trait Category=Integration (it runs Mosquitto or the command
                        line tools of OpenSSL, PKCS#11 or AWS, or restarts the local cloud often). Makes fewer random inputs.
                        Checks white space, not code style
  ./test.sh PROJECT...  the named test projects, with only what they need; 'board' also means EdgeJobs.Board.Tests:
$(printf '                          %s\n' "${!needs[@]}" | sort)
EOF
}

step() { printf '\n== %s\n' "$*"; }

stop() { echo "error: $1" >&2; exit "${2:-1}"; }

for project in tests/*.Tests; do
  [[ -v needs[${project#tests/}] ]] || stop "${project#tests/} is not in the table 'needs' of test.sh: add what it needs."
done

mode=all
projects=()
for argument in "$@"; do
  case $argument in
    -h | --help) usage; exit 0 ;;
    --fast) mode=fast ;;
    *)
      [[ -v needs[$argument] ]] || [[ ! -v needs[EdgeJobs.${argument^}.Tests] ]] || argument=EdgeJobs.${argument^}.Tests
      [[ -v needs[$argument] ]] || { usage >&2; stop "there is no test project '$argument'; the list above names all of them." 2; }
      mode=named
      projects+=("$argument")
      ;;
  esac
done
if [[ $mode == fast ]]; then
  projects=("${fast[@]}")
elif [[ $mode == all ]]; then
  mapfile -t projects < <(printf '%s\n' "${fast[@]}"; printf '%s\n' "${!needs[@]}" | sort | grep -vxF "$(printf '%s\n' "${fast[@]}")")
fi
[[ " $* " != *" --fast "* ]] || (( $# == 1 )) || stop "--fast takes no project: it runs the unit tests of all of them." 2

command -v dotnet > /dev/null || stop "no dotnet on PATH: install the .NET 10 SDK, then run again."

# Prints a hash of everything that a native binary is built from: sources, build settings and SDK.
inputs() {
  {
    dotnet --version
    find src/EdgeJobs.Agent src/EdgeJobs.Client src/EdgeJobs.Protocol src/EdgeJobs.Runtime generators/EdgeJobs.Generators \
      topics.json VERSION eng/debian11-sysroot.sh Directory.Build.props Directory.Packages.props global.json publish-arm64.sh \
      \( -name bin -o -name obj \) -prune -o -type f -print0 | sort --zero-terminated | xargs --null sha256sum
  } | sha256sum
}

publish() {
  local output=artifacts/$1 hash
  hash=$(inputs)
  if [[ -x $output/edgejobs && -f $output/inputs.sha256 && $(< "$output/inputs.sha256") == "$hash" ]]; then
    echo "$output/edgejobs is up to date"
    return
  fi
  rm -f "$output/inputs.sha256"
  local version=()
  [[ $1 != *-next ]] || version=(--version 99.0.0)
  ./publish-arm64.sh --rid "${1%-next}" --output "$output" "${version[@]}"
  echo "$hash" > "$output/inputs.sha256"
}

# The number in one attribute of the <Counters> of a results file; 0 without a file.
counter() {
  local value
  value=$(grep --only-matching '<Counters [^>]*' "$1" 2> /dev/null | grep --only-matching " $2=\"[0-9]*\"" | tr -dc 0-9 || true)
  echo "${value:-0}"
}

# The process of each test run that was started.
declare -A pids=()

# start PROJECT: starts its tests in the background.
start() {
  local name=$1 filter=() test_limit=$test_limit project_limit=$project_limit
  [[ $name != *.@(Board|PowerCut).* ]] || test_limit=$board_limit project_limit=$board_limit
  [[ $mode != fast ]] || filter=(--filter 'Category!=Integration')
  rm -f "$results/$name.trx"
  timeout --kill-after=30s "$project_limit" dotnet test "tests/$name/$name.csproj" --configuration Release --no-build "${filter[@]}" \
    --logger "trx;LogFileName=$name.trx" --logger 'console;verbosity=normal' --results-directory "$results" \
    --blame-hang --blame-hang-timeout "$test_limit" --blame-hang-dump-type none < /dev/null > "$results/$name.log" 2>&1 &
  pids[$name]=$!
}

kill_runs() {
  local pid
  for pid in "${pids[@]}"; do
    kill -KILL -- "-$pid" 2> /dev/null || true
  done
}

# finish PROJECT: waits for its tests and adds to passed, failed and skipped.
finish() {
  local name=$1 trx=$results/$1.trx code=0 total executed ran_passed ran_failed
  step "$name"
  wait "${pids[$name]}" || code=$?
  kill -KILL -- "-${pids[$name]}" 2> /dev/null || true
  unset "pids[$name]"

  total=$(counter "$trx" total)
  executed=$(counter "$trx" executed)
  ran_passed=$(counter "$trx" passed)
  ran_failed=$(( executed - ran_passed ))
  if (( ran_failed == 0 && (code != 0 || total == 0) )); then
    # The run hung, crashed, did not start or found no test: that is one failure more than the results file counts.
    ran_failed=1
  fi
  if (( code != 0 )); then
    # Without the tests that passed. A test that hung or crashed is named near the end.
    grep -vE '^ *Passed ' "$results/$name.log" || true
    (( code != 124 )) || echo "error: $name exceeded its limit of $project_limit and was killed."
  elif (( total == 0 )); then
    echo "error: $name ran no test."
  fi
  echo "$name: $ran_passed passed, $ran_failed failed, $(( total - executed )) skipped"
  passed=$(( passed + ran_passed ))
  failed=$(( failed + ran_failed ))
  skipped=$(( skipped + total - executed ))
}

if [[ $mode != fast ]]; then
  step "Requirements"
  packages=() natives=() debs=() boards=() tools=" "
  for need in $(for project in "${projects[@]}"; do printf '%s\n' ${needs[$project]}; done | sort --unique); do
    case $need in
      native:*) natives+=("${need#native:}") ;;
      deb:*) debs+=("${need#deb:}") ;;
      board:*) boards+=("${need#board:}") ;;
      arm64-sysroot | asyncapi) tools+="$need " ;;
      *) packages+=("$need") ;;
    esac
  done
  [[ ${#natives[@]} == 0 || $(uname -s)-$(uname -m) == Linux-x86_64 ]] \
    || stop "the end-to-end tests run the linux-x64 binary natively and the linux-arm64 one under qemu-user: they need Linux on x86_64."
  eng/packages.sh "${packages[@]}"
  [[ $tools != *" arm64-sysroot "* ]] || eng/arm64-sysroot.sh
  if [[ $tools == *" asyncapi "* && ! tests/asyncapi/node_modules/.package-lock.json -nt tests/asyncapi/package-lock.json ]]; then
    # The parser does not need the packages' install scripts.
    npm --prefix tests/asyncapi ci --ignore-scripts --no-audit --no-fund --loglevel=error < /dev/null
  fi
  echo "all present"
fi

if [[ $mode == fast ]]; then
  step "White space"
  eng/format.sh --check whitespace
fi

step "Build"
solution=EdgeJobs.sln
if [[ $mode != all ]]; then
  # Only these projects and what they reference.
  mkdir -p artifacts
  solution=artifacts/tests.slnf
  entries=()
  for project in "${projects[@]}"; do
    entries+=("\"tests/$project/$project.csproj\"")
  done
  (IFS=,; echo "{ \"solution\": { \"path\": \"../EdgeJobs.sln\", \"projects\": [${entries[*]}] } }") > "$solution"
fi
dotnet build "$solution" --configuration Release -nodeReuse:false --verbosity quiet < /dev/null

if [[ $mode == all ]]; then
  step "Format"
  eng/format.sh --check
fi

if [[ $mode != fast && ${#natives[@]} -gt 0 ]]; then
  step "Native binaries"
  for rid in "${natives[@]}"; do
    publish "$rid"
  done
fi

if [[ $mode != fast && ${#debs[@]} -gt 0 ]]; then
  step "Debian packages"
  for arch in "${debs[@]}"; do
    rid=${arch/amd64/x64}
    packaging/build-deb.sh --arch "$arch" --binary "artifacts/linux-$rid"
  done
fi
if [[ $mode != fast && ${#boards[@]} -gt 0 ]]; then
  step "Virtual boards"
  # Most of the time one processor configures packages.
  images=()
  for release in "${boards[@]}"; do
    eng/board/build-image.sh --release "$release" < /dev/null &
    images+=($!)
  done
  for image in "${images[@]}"; do
    wait "$image"
  done
fi

passed=0 failed=0 skipped=0
mkdir -p "$results"
trap 'kill_runs; exit 130' INT TERM
if [[ $mode == fast ]]; then
  # All at once: most of them wait.
  export EDGEJOBS_TEST_SPECS=40 EDGEJOBS_TEST_DOCUMENTS=20
  for project in "${projects[@]}"; do
    start "$project"
  done
elif [[ $mode == all ]]; then
  # It computes all the time, and the others of the fast ones wait half of the time.
  start EdgeJobs.Generators.Tests
fi
for project in "${projects[@]}"; do
  [[ -v pids[$project] ]] || start "$project"
  finish "$project"
done

echo
outcome=0
if (( passed + failed == 0 )); then
  echo "error: no test ran." >&2
  outcome=1
elif (( failed > 0 )); then
  outcome=1
elif (( skipped > 0 )) && [[ ${CI:-} == true ]]; then
  echo "error: skipped tests prove nothing: with CI=true none may be skipped." >&2
  outcome=1
fi
echo "$passed passed, $failed failed, $skipped skipped"
exit "$outcome"
