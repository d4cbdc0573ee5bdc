#!/usr/bin/env bash
# Downloads Debian packages of an architecture from the sources of this machine and unpacks them into a directory.
#
#   eng/unpack.sh [--release NAME] ARCHITECTURE DIR PACKAGE...      ARCHITECTURE: a Debian name such as amd64 or arm64
#
# With --release: packages of that release of Debian (bullseye, ...), from the mirror of this machine, or from $DEBIAN_MIRROR.
# Installs nothing else: no foreign architecture is added, and the state of apt does not change. Skips packages that the release
# does not have; returns 1 if it has none of them.
set -euo pipefail

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
release=
if [[ ${1:-} == --release ]]; then
  release=${2:?"--release needs the name of a release of Debian"}
  shift 2
fi
if (( $# < 3 )); then
  echo "usage: $0 [--release NAME] ARCHITECTURE DIR PACKAGE..." >&2
  exit 2
fi
architecture=$1
directory=$(realpath --canonicalize-missing "$2")
shift 2

mkdir -p "$directory"
work=$(mktemp -d "$directory/.unpack-XXXXXX")
trap 'rm -rf "$work"' EXIT
mkdir -p "$work/lists/partial" "$work/cache/archives/partial" "$work/deb"

apt=(apt-get -qq -o APT::Architecture="$architecture" -o APT::Architectures="$architecture" -o Acquire::Languages=none
  -o APT::Sandbox::User=root
  -o Dir::State::lists="$work/lists" -o Dir::State::status=/dev/null -o Dir::Cache="$work/cache")
if [[ -n $release ]]; then
  "$root/eng/packages.sh" debian-archive-keyring
  mirror=${DEBIAN_MIRROR:-$(apt-get indextargets --format '$(REPO_URI)' | grep --max-count=1 '/debian/\?$' || true)}
  if [[ -z $mirror ]]; then
    echo "error: the apt sources of this machine name no mirror of Debian; set DEBIAN_MIRROR to the address of one." >&2
    exit 1
  fi
  keyring=/usr/share/keyrings/debian-archive-keyring.gpg
  echo "deb [signed-by=$keyring] $mirror $release main" > "$work/sources.list"
  apt+=(-o Dir::Etc::sourcelist="$work/sources.list" -o Dir::Etc::sourceparts=/dev/null
    -o Acquire::IndexTargets::deb::DEP-11::DefaultEnabled=false -o Acquire::Check-Valid-Until=false)
fi
"${apt[@]}" update < /dev/null >&2 || true
for package in "$@"; do
  (cd "$work/deb" && "${apt[@]}" download "$package" < /dev/null >> "$work/download.log" 2>&1) || true
done
if ! compgen -G "$work/deb/*.deb" > /dev/null; then
  cat "$work/download.log" >&2
  echo "error: the Debian sources of this machine have none of these packages for $architecture: $*" >&2
  exit 1
fi
for deb in "$work"/deb/*.deb; do
  dpkg-deb --extract "$deb" "$directory"
done
