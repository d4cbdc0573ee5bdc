#!/usr/bin/env bash
# Lays out the ARM64 libraries that the linux-arm64 binary needs under qemu-user on an x86_64 Debian: the C library of the
# cross compiler, and OpenSSL, which .NET opens at run time for TLS.
#
#   eng/arm64-sysroot.sh [DIR]        (default: artifacts/sysroot-arm64)
#   qemu-aarch64-static -L DIR artifacts/linux-arm64/edgejobs ...
#
# OpenSSL's package is downloaded and unpacked, not installed: the machine gets no foreign architecture, and apt's own
# state is not touched. Does nothing when DIR is complete.
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
mkdir -p "$work/lists/partial" "$work/cache/archives/partial" "$work/deb" "$work/root"

apt=(apt-get -qq -o APT::Architecture=arm64 -o APT::Architectures=arm64 -o Acquire::Languages=none -o APT::Sandbox::User=root
  -o Dir::State::lists="$work/lists" -o Dir::State::status=/dev/null -o Dir::Cache="$work/cache")
"${apt[@]}" update < /dev/null >&2 || true
# Debian 13 renamed libssl3 and made its libcrypto need the other two; what a release does not have is passed over.
for package in libssl3 libssl3t64 zlib1g libzstd1; do
  (cd "$work/deb" && "${apt[@]}" download "$package" < /dev/null > "$work/download.log" 2>&1) || true
done
if ! compgen -G "$work/deb/libssl3*_arm64.deb" > /dev/null; then
  cat "$work/download.log" >&2
  echo "error: no arm64 package of OpenSSL 3 (libssl3) in this machine's Debian sources." >&2
  echo "Put libssl.so.3 and libcrypto.so.3 for arm64 into $sysroot/lib yourself, then run again." >&2
  exit 1
fi

for deb in "$work"/deb/*.deb; do
  dpkg-deb --extract "$deb" "$work/root"
done
mkdir -p "$sysroot/lib"
cp --archive --symbolic-link --force /usr/aarch64-linux-gnu/lib/. "$sysroot/lib/"
find "$work/root" -name '*.so.*' -path '*/aarch64-linux-gnu/lib*.so.*' -exec cp --no-dereference --force -t "$sysroot/lib" {} +
