#!/usr/bin/env bash
# Downloads packages of this machine's Debian for some architecture and unpacks them into a directory.
#
#   eng/unpack.sh ARCHITECTURE DIR PACKAGE...      ARCHITECTURE in Debian's words: amd64, arm64
#
# Nothing is installed: the machine gets no foreign architecture, and apt's own state is not touched. A package that this
# release of Debian does not have is passed over; exit code 1 when there is none of them.
set -euo pipefail

if (( $# < 3 )); then
  echo "usage: $0 ARCHITECTURE DIR PACKAGE..." >&2
  exit 2
fi
architecture=$1
directory=$2
shift 2

mkdir -p "$directory"
work=$(mktemp -d "$directory/.unpack-XXXXXX")
trap 'rm -rf "$work"' EXIT
mkdir -p "$work/lists/partial" "$work/cache/archives/partial" "$work/deb"

apt=(apt-get -qq -o APT::Architecture="$architecture" -o APT::Architectures="$architecture" -o Acquire::Languages=none -o APT::Sandbox::User=root
  -o Dir::State::lists="$work/lists" -o Dir::State::status=/dev/null -o Dir::Cache="$work/cache")
"${apt[@]}" update < /dev/null >&2 || true
for package in "$@"; do
  (cd "$work/deb" && "${apt[@]}" download "$package" < /dev/null >> "$work/download.log" 2>&1) || true
done
if ! compgen -G "$work/deb/*.deb" > /dev/null; then
  cat "$work/download.log" >&2
  echo "error: none of these in this machine's Debian sources for $architecture: $*" >&2
  exit 1
fi
for deb in "$work"/deb/*.deb; do
  dpkg-deb --extract "$deb" "$directory"
done
