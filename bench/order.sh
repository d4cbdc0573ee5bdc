#!/usr/bin/env bash
# Writes src/EdgeJobs.Agent/Order.txt: the methods that a start, an idle hour and jobs call. The AOT compiler places them first and
# together, so that the agent maps and reads few pages of its code. Run it again after larger changes; names that no longer exist are
# ignored.
#
#   bench/order.sh      needs valgrind, and what ./publish-arm64.sh --rid linux-x64 and bench/footprint need
set -euo pipefail
export LC_ALL=C

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
"$root/eng/packages.sh" valgrind:valgrind
. "$root/bench/variants.sh"
work=$root/artifacts/order
rm -rf "$work"
mkdir -p "$work"

publish_agent "$work/edgejobs.full" linux-x64 -p:StripSymbols=false
# Valgrind can't read the compressed debug information; it needs the names only.
objcopy --strip-debug "$work/edgejobs.full" "$work/edgejobs"

# The trimmer runs first when the agent has been idle for 2 s: what is dumped before that is the start.
idle=EdgeJobs_Runtime_EdgeJobs_Runtime_Engine_IdleMemoryTrimmer__Elapsed
traced="valgrind --tool=callgrind --callgrind-out-file=$work/trace --compress-strings=no --demangle=no --dump-before=$idle $work/edgejobs run"
flags='--endpoint {host}:{port} --thing_name {thing} --cert {cert} --key {key} --ca_file {ca} --data_dir {data} --keep_alive 30'
dotnet run -c Release --project "$root/bench/footprint" -- --binary "$work/edgejobs" --starts 1 --idle 45 --jobs 5 --no-allocations \
  --peer "traced=$traced $flags --log_level warning" > "$work/log"

# called [FIND TEST...]: the methods of managed code in the traces. A method that native code calls has a second name at its address,
# which is the one in the trace.
called() {
  find "$work" -name 'trace*' "$@" -exec sed --quiet 's/^fn=//p' {} + | sort --unique > "$work/names"
  nm "$copy"/src/EdgeJobs.Agent/obj/Release/*/linux-x64/native/edgejobs.o | awk '
    NR == FNR { called[$0]; next }
    $2 !~ /[tT]/ { next }
    $3 in called { at[$1] }
    { name[NR] = $3; address[NR] = $1 }
    END { for (i in name) if (address[i] in at) print name[i] }' "$work/names" - | sort --unique
}
called -name trace.1 > "$work/start"
called ! -name trace.1 > "$work/steady"
comm -13 "$work/steady" "$work/start" | cat "$work/steady" - > "$root/src/EdgeJobs.Agent/Order.txt"
echo "$(wc --lines < "$work/steady") methods of a running agent, and then what only its start calls:" \
  "$(wc --lines < "$root/src/EdgeJobs.Agent/Order.txt") in all"
