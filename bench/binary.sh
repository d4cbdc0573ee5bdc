#!/usr/bin/env bash
# Prints the size of a published agent by section, and its managed code by assembly.
#
#   bench/binary.sh [FILE]      default: artifacts/linux-x64/edgejobs, with its symbols FILE.dbg beside it
set -euo pipefail

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
binary=${1:-$root/artifacts/linux-x64/edgejobs}
if [[ ! -f $binary || ! -f $binary.dbg ]]; then
  echo "error: $binary or $binary.dbg does not exist; run ./publish-arm64.sh --rid linux-x64 first" >&2
  exit 1
fi

printf '%s, %s bytes\n\n' "$(basename "$binary")" "$(stat --format %s "$binary")"
echo '| section | what it holds | bytes |'
echo '|---|---|---:|'
readelf --section-headers --wide "$binary" | sed -nE 's/^ *\[ *[0-9]+\] ([^ ]+) +([A-Z_]+) +[0-9a-f]+ [0-9a-f]+ ([0-9a-f]+) .*/\1 \2 \3/p' | while read -r name type size; do
  case $name in
    __managedcode) what='managed code' ;;
    .rodata) what='metadata, constants' ;;
    .eh_frame) what='unwinding: how each function saves registers' ;;
    .eh_frame_hdr) what='unwinding: the index of that' ;;
    .dotnet_eh_table) what="unwinding: try blocks, the collector's stack maps" ;;
    .text) what='native code: garbage collector, runtime, system layer' ;;
    .hydrated) what='type data unpacked at start (only where it is packed; takes memory, no file)' ;;
    .data) what='type data, objects made at compile time (strings among them), data that is written to' ;;
    *) what='linking, and all else' ;;
  esac
  [[ $type == NOBITS && $name != .hydrated ]] && continue
  printf '%s|%s|%d\n' "$name" "$what" $((16#$size))
done | awk -F '|' '
  $2 ~ /all else/ { rest += $3; next }
  { printf "%d|| `%s` | %s | %d |\n", $3, $1, $2, $3 }
  END { printf "%d|| the others | linking, and all else | %d |\n", rest, rest }' | sort --numeric-sort --reverse --field-separator '|' | sed 's/^[0-9]*|//'

echo
echo '| assembly | managed code, bytes |'
echo '|---|---:|'
# A function's symbol begins, after what the compiler makes it for, with the name of its assembly: underscores for dots.
nm --print-size --radix=d "$binary.dbg" | awk '
  BEGIN {
    count = split("EdgeJobs.Runtime EdgeJobs.Client EdgeJobs.Protocol MQTTnet Microsoft.Extensions System.Security.Cryptography System.Net.Security " \
      "System.Net.Sockets System.Net.NameResolution System.Net.Primitives System.Text.Json System.Linq System.Formats.Asn1 System.Collections " \
      "System.Threading.Channels System.Diagnostics System.Console System.Runtime.Numerics System.Text.RegularExpressions S.P.CoreLib " \
      "S.P.TypeLoader S.P.Reflection S.P.StackTraceMetadata", names, " ")
    for (i = 1; i <= count; i++) {
      mangled[i] = names[i] "_"
      gsub(/\./, "_", mangled[i])
    }
  }
  NF == 4 && $3 ~ /[tT]/ && $4 !~ /^_Z/ {
    owner = 0
    first = length($4) + 1
    for (i = 1; i <= count; i++) {
      at = index($4, mangled[i])
      if (at > 0 && at < first) { first = at; owner = i }
    }
    if (owner > 0) bytes[owner] += $2
  }
  END {
    for (i in bytes) {
      name = names[i]
      sub(/^S\.P\./, "System.Private.", name)
      printf "| %s | %d |\n", name, bytes[i]
    }
  }' | sort --field-separator '|' --key 3 --numeric-sort --reverse
