#!/usr/bin/env bash
# Measures the effect of each switch of src/EdgeJobs.Agent/Native.props: publishes the agent once for each changed switch and
# prints the size of the stripped executable, compared with the release. The executables stay in artifacts/switches;
# bench/footprint measures them with --agent NAME=FILE.
#
#   bench/switches.sh [NAME...]     only the rows whose names hold one of the words
set -euo pipefail

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
. "$root/bench/variants.sh"
output=$root/artifacts/switches
props=$copy/src/EdgeJobs.Agent/Native.props
substitutions=$copy/src/EdgeJobs.Agent/ILLink.Substitutions.xml
cp "$props" "$copy/release.props"
cp "$substitutions" "$copy/release.xml"
words=("$@")

# publish NAME EDIT [OPTION...]: EDIT is a sed script for Native.props
publish() {
  local name=$1 edit=$2
  shift 2
  sed --expression "$edit" "$copy/release.props" > "$props"
  if [[ -n $edit ]] && cmp --silent "$copy/release.props" "$props"; then
    echo "error: $name: the edit '$edit' changes nothing in Native.props" >&2
    exit 1
  fi
  rm -rf "$copy/src/EdgeJobs.Agent/obj/Release/net10.0/linux-x64/native"
  publish_agent "$output/$name" linux-x64 "$@"
  print_size "$output/$name"
}

# row NAME ...: as publish, if it is asked for
row() {
  if wanted "$1" "${words[@]}"; then
    publish "$@"
  fi
}

# with NAME PATTERN: a row that contains the methods of the lines of ILLink.Substitutions.xml that match
with() {
  sed --regexp-extended --expression "/$2/d" "$copy/release.xml" > "$substitutions"
  if cmp --silent "$copy/release.xml" "$substitutions"; then
    echo "error: with-$1: no line of ILLink.Substitutions.xml matches '$2'" >&2
    exit 1
  fi
  row "with-$1" ''
  cp "$copy/release.xml" "$substitutions"
}

without() {
  echo "\\|<$1>|d"
}

print_header
publish release ''
row optimized-for-speed "$(without OptimizationPreference.*)" -p:OptimizationPreference=Speed
row with-stack-traces "$(without StackTraceSupport.*)"
row with-event-source "$(without EventSourceSupport.*)" -p:EventSourceSupport=true
row with-metrics "$(without MetricsSupport.*)"
row with-time-zones "$(without InvariantTimezone.*)"
row without-substitutions '/substitution/d'
row with-resource-keys '' -p:UseSystemResourceKeys=true
row fixed-address '' -p:FixedAddress=true
row fixed-and-packed '' -p:PositionIndependentExecutable=false
row type-data-unpacked '' -p:IlcDehydrate=false
row gnu-linker '' -p:LinkerFlavor=bfd
row heap-room-by-default '/GCRegionRange/d'
row libc-by-name '/<DirectPInvoke/d'
row gen0-by-default '/runtimeopt/d'
row concurrent-gc "$(without ConcurrentGarbageCollection.*)" -p:ConcurrentGarbageCollection=true
row conserve-memory 's|<ThreadPoolMinThreads>|<ConserveMemory>5</ConserveMemory>&|'
row spinning-threads '/UnfairSemaphoreSpinLimit/d'
row one-pool-thread 's|<ThreadPoolMinThreads>|<ThreadPoolMaxThreads>1</ThreadPoolMaxThreads>&|'
with http 'DownloadAssetCore|FindChainViaAia|ProcessRevocation|DownloadOcspAsync'
with user-stores 'CloneTo|AddCertToStore'
with synchronous-tls ' Read\(| ReadByte\(| Write\('
with activities HasListeners
with key-log '\.cctor\(\)|get_IsEnabled'
