#!/usr/bin/env bash
# Creates a directory with the ARM64 libraries that the linux-arm64 binary needs under qemu-user on an x86_64 Debian: the C
# library of the cross compiler, and OpenSSL, which .NET loads for TLS.
#
#   eng/arm64-sysroot.sh [DIR]        (default: artifacts/sysroot-arm64)
#   qemu-aarch64-static -L DIR artifacts/linux-arm64/edgejobs ...
#
# The OpenSSL package is downloaded and unpacked, not installed: no foreign architecture is added, and the state of apt does
# not change. Does nothing when DIR is complete.
set -euo pipefail

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
sysroot=${1:-$root/artifacts/sysroot-arm64}

if compgen -G "$sysroot/lib/libssl.so.*" > /dev/null && [[ -e $sysroot/lib/ld-linux-aarch64.so.1 ]]; then
  exit 0
fi

"$root/eng/packages.sh" libc6-arm64-cross

mkdir -p "$sysroot"
work=$(mktemp -d "$sysroot/.unpack-XXXXXX")
trap 'rm -rf "$work"' EXIT
# Debian 13 renamed libssl3, and its libcrypto needs the other two.
"$root/eng/unpack.sh" arm64 "$work" libssl3 libssl3t64 zlib1g libzstd1 || true
if [[ -z $(find "$work" -name 'libssl.so.3' -print -quit) ]]; then
  echo "error: the Debian sources of this machine have no arm64 package of OpenSSL 3 (libssl3)." >&2
  echo "Copy libssl.so.3 and libcrypto.so.3 for arm64 to $sysroot/lib, then run this again." >&2
  exit 1
fi

mkdir -p "$sysroot/lib"
cp --archive --symbolic-link --force /usr/aarch64-linux-gnu/lib/. "$sysroot/lib/"
find "$work" -name '*.so.*' -path '*/aarch64-linux-gnu/lib*.so.*' -exec cp --no-dereference --force -t "$sysroot/lib" {} +
