#!/usr/bin/env bash
# Creates a directory with the C library, its headers and the OpenSSL of Debian 11: to link programs that run on Debian 11 and newer
# (a program needs at least the C library that it is linked with), and to test them.
#
#   eng/debian11-sysroot.sh amd64|arm64 [DIR]        (default: artifacts/sysroot-debian11-ARCHITECTURE)
#
# The packages are downloaded and unpacked, not installed. Does nothing when DIR is complete.
set -euo pipefail

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
case ${1:-} in
  amd64 | arm64) architecture=$1 ;;
  *) echo "usage: $0 amd64|arm64 [DIR]" >&2; exit 2 ;;
esac
sysroot=${2:-$root/artifacts/sysroot-debian11-$architecture}

if [[ -e $sysroot/complete ]]; then
  exit 0
fi

mkdir -p "$sysroot"
"$root/eng/unpack.sh" --release bullseye "$architecture" "$sysroot" \
  libc6 libc6-dev linux-libc-dev libgcc-10-dev libgcc-s1 libcrypt1 zlib1g libssl1.1

# Absolute links point out of the directory: the linker would take static libraries instead.
find "$sysroot" -type l -lname '/*' -print0 | while IFS= read -r -d '' link; do
  ln --symbolic --relative --force "$sysroot$(readlink "$link")" "$link"
done
for part in libc.so.6 libc.so crt1.o libz.so.1; do
  if [[ -z $(find "$sysroot" -name "$part" -print -quit) ]]; then
    echo "error: $sysroot has no $part: the mirror lacks packages of Debian 11 for $architecture (see above)." >&2
    echo "Name another mirror in DEBIAN_MIRROR, then run this again." >&2
    exit 1
  fi
done
touch "$sysroot/complete"
