#!/usr/bin/env bash
# Publishes edgejobs as one native, stripped executable.
#
#   ./publish-arm64.sh [--rid linux-arm64|linux-x64] [--output DIR] [--sysroot DIR|none] [--version VERSION]
#
# Default: linux-arm64 into artifacts/linux-arm64, linked with the C library of Debian 11 (eng/debian11-sysroot.sh), so that it runs
# on Debian 11 and newer. With --sysroot none: with the C library of this machine. Installs the linker and cross compiler if they are
# missing (Debian, Ubuntu), fails on any trimming or AOT warning, and prints the size of the binary and its requirements on the board.
# DIR/inputs lists what it was built from. --version builds another version than that of the file VERSION, for tests of updates.
set -euo pipefail

usage() {
  echo "usage: $0 [--rid linux-arm64|linux-x64] [--output DIR] [--sysroot DIR|none] [--version VERSION]" >&2
  exit 2
}

root=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
rid=linux-arm64
output=
sysroot=
version=
while (( $# > 0 )); do
  case $1 in
    --rid) rid=${2:?"--rid needs a value: linux-arm64 or linux-x64"}; shift 2 ;;
    --output) output=${2:?"--output needs a directory"}; shift 2 ;;
    --version) version=${2:?"--version needs a version such as 1.2.3"}; shift 2 ;;
    --sysroot) sysroot=${2:?"--sysroot needs a directory or none"}; shift 2 ;;
    *) usage ;;
  esac
done

host=$(uname -m)
packages=(clang:clang lld:ld.lld libc6-dev)
# lld: unlike GNU ld for ARM64, it does not map constants executable, and it leaves no gaps between the segments.
options=(-p:LinkerFlavor=lld)
case $rid-$host in
  linux-x64-x86_64 | linux-arm64-aarch64) ;;
  linux-arm64-x86_64)
    packages+=(gcc-aarch64-linux-gnu:aarch64-linux-gnu-gcc libc6-dev-arm64-cross)
    options+=(-p:ObjCopyName=aarch64-linux-gnu-objcopy)
    ;;
  linux-x64-* | linux-arm64-*)
    echo "error: cannot publish $rid on $host; use an x86_64 machine, or another --rid." >&2
    exit 2
    ;;
  *) usage ;;
esac
output=$(realpath --canonicalize-missing "${output:-$root/artifacts/$rid}")

"$root/eng/packages.sh" "${packages[@]}"

if [[ $sysroot != none ]]; then
  if [[ -z $sysroot ]]; then
    architecture=${rid#linux-}
    architecture=${architecture/x64/amd64}
    sysroot=$root/artifacts/sysroot-debian11-$architecture
    "$root/eng/debian11-sysroot.sh" "$architecture" \
      || { echo "With --sysroot none, the binary needs the C library of this machine or a newer one." >&2; exit 1; }
  fi
  options+=(-p:SysRoot="$sysroot")
fi

mkdir -p "$output"
log=$(mktemp)
trap 'rm -f "$log" "$log.map"' EXIT
options+=(-p:LinkerMap="$log.map")
obj=$root/src/EdgeJobs.Agent/obj
native=$obj/Release/net10.0/$rid/native
if [[ -n $version ]]; then
  # With files of its own: the next build of the usual version must not start from the beginning.
  options+=(-p:Version="$version" --artifacts-path "$root/artifacts/build-$version")
  obj=$root/artifacts/build-$version/obj/EdgeJobs.Agent
  native=$obj/release_$rid/native
fi
# Compile the native code each time: the build does not notice a change of ILLink.Substitutions.xml.
rm -f "$native/edgejobs.o"
# Every warning is shown and is an error. The output is only the binary and its symbols.
if ! dotnet publish "$root/src/EdgeJobs.Agent/EdgeJobs.Agent.csproj" --runtime "$rid" --configuration Release \
  --output "$output" -nodeReuse:false -p:TrimmerSingleWarn=false -p:IlcTreatWarningsAsErrors=true \
  -p:PublishDocumentationFiles=false -p:AllowedReferenceRelatedFileExtensions=none -p:StripSymbols=true "${options[@]}" \
  < /dev/null > "$log" 2>&1; then
  cat "$log" >&2
  echo "error: publishing for $rid failed (see above)." >&2
  exit 1
fi
if grep -E '(warning|error) IL[0-9]+' "$log" >&2; then
  echo "error: trimming or AOT warnings (see above): the binary may lack code that it needs." >&2
  exit 1
fi

# What the program was built from, for its SBOM (eng/sbom.sh): the packages, the compiler's inputs, and the native libraries of which the
# linker took something. The objects of this repository are temporary.
rm -rf "$output/inputs"
mkdir "$output/inputs"
cp "$obj/project.assets.json" "$output/inputs/"
cp "$native/edgejobs.ilc.rsp" "$output/inputs/"
sed -nE 's/^ *[0-9a-f]+ +[0-9a-f]+ +[0-9a-f]+ +[0-9]+ +([^ ]+\.(a|o))(\([^)]*\))?:\(.*/\1/p' "$log.map" | LC_ALL=C sort -u \
  | while read -r file; do [[ ! -e $file ]] || echo "$file"; done > "$output/inputs/linked.txt"

binary=$output/edgejobs
bytes=$(stat --format %s "$binary")
glibc=$(readelf --wide --version-info "$binary" | grep --only-matching 'GLIBC_[0-9.]*' | sort --version-sort | tail --lines 1)
libraries=$(readelf --wide --dynamic "$binary" | sed --quiet 's/.*(NEEDED).*\[\(.*\)\]/\1/p' | paste --serial --delimiters ' ')
printf 'binary     %s\n' "$binary"
printf 'size       %d bytes (%s MB of 1,000,000 bytes), stripped; debug symbols: edgejobs.dbg in the same directory\n' \
  "$bytes" "$(awk -v b="$bytes" 'BEGIN { printf "%.2f", b / 1e6 }')"
printf 'glibc      %s or newer\n' "${glibc#GLIBC_}"
printf 'libraries  %s; loaded for TLS: libssl.so.3 or libssl.so.1.1 (OpenSSL)\n' "$libraries"
