#!/usr/bin/env bash
# Builds a release twice, from clones in different directories and under different clocks, and compares all files byte for byte.
#
#   eng/reproduce.sh [--arch arm64|amd64]
#
# Compiles everything twice. The second clock is 400 days and 5 hours ahead (faketime).
set -euo pipefail

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
"$root/eng/packages.sh" faketime:faketime
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mkdir -p "$work/first" "$work/second/in/a/deeper/directory"

TMPDIR=$work/first "$root/eng/release.sh" "$@" --output "$work/first/release"
TMPDIR="$work/second/in/a/deeper/directory" TZ=Asia/Tokyo LC_ALL=C faketime -f '+400d +5h' \
  "$root/eng/release.sh" "$@" --output "$work/second/release"

diff --recursive --brief "$work/first/release" "$work/second/release" || { echo "error: the two releases differ (see above)." >&2; exit 1; }
echo "all $(find "$work/first/release" -type f | wc -l) files are the same"
