#!/usr/bin/env bash
# Measures the size of statically linked agents: with OpenSSL, and with all libraries, for glibc and for musl. Prints the size of
# each stripped executable, compared with the release. The executables stay in artifacts/static; bench/footprint measures them
# with --agent NAME=FILE.
#
#   bench/static.sh [NAME...]     only the rows whose names hold one of the words, such as x64 or arm64-glibc
#
#   release   loads the OpenSSL of the board for TLS
#   openssl   contains libssl.a and libcrypto.a of Debian; needs glibc
#   glibc     as openssl, and contains libc.a of Debian
#   musl      for x64: contains the musl of Debian, and OpenSSL compiled for musl from the source package of Debian
#
# The native parts of .NET are those for glibc in each; bench/static-musl.c contains the functions that musl lacks. bench/README.md
# has the results.
set -euo pipefail

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
. "$root/bench/variants.sh"
output=$root/artifacts/static
props=$copy/src/EdgeJobs.Agent/Native.props
cp --preserve=timestamps "$props" "$copy/release.props"
words=("$@")

if [[ $(uname -m) != x86_64 ]]; then
  echo "error: this script needs an x86_64 machine, which publishes for both architectures." >&2
  exit 2
fi
"$root/eng/packages.sh" clang:clang lld:ld.lld libc6-dev cmake:cmake make:make perl:perl dpkg-dev:dpkg-source \
  gcc-aarch64-linux-gnu:aarch64-linux-gnu-gcc libc6-dev-arm64-cross

# link ITEM...: the items of MSBuild that are added to Native.props of the copy. Its time stays: what is compiled stays, too.
link() {
  sed '/<\/Project>/d' "$copy/release.props" > "$props"
  printf '  <ItemGroup>%s</ItemGroup>\n</Project>\n' "$*" >> "$props"
  touch --reference "$copy/release.props" "$props"
}

# The source of OpenSSL in the version of the machine's Debian: $output/openssl-source
openssl_source() {
  [[ ! -x $output/openssl-source/Configure ]] || return 0
  local work=$output/openssl-download
  rm -rf "$work"
  mkdir -p "$work/lists/partial" "$work/cache/archives/partial" "$work/source"
  apt-get indextargets --format 'deb-src $(REPO_URI) $(RELEASE) $(COMPONENT)' 'Created-By: Packages' 'Origin: Debian' | sort --unique > "$work/sources.list"
  local apt=(apt-get -qq -o Dir::Etc::SourceList="$work/sources.list" -o Dir::Etc::SourceParts=/dev/null -o Dir::State::Lists="$work/lists"
    -o Dir::Cache="$work/cache" -o Acquire::Languages=none -o APT::Sandbox::User=root)
  "${apt[@]}" update < /dev/null >&2 || true
  if ! (cd "$work" && "${apt[@]}" source --download-only --tar-only openssl < /dev/null > download.log 2>&1); then
    cat "$work/download.log" >&2
    echo "error: no source package of OpenSSL from this machine's Debian sources (see above)." >&2
    return 1
  fi
  tar --extract --file "$work"/openssl_*.orig.tar.gz --strip-components 1 --directory "$work/source"
  mv "$work/source" "$output/openssl-source"
  rm -rf "$work"
}

# musl_root PACKAGES: $output/musl with musl, the kernel's headers, OpenSSL and what .NET's parts miss
musl_root() {
  local packages=$1 sysroot=$output/musl
  local cc="clang --target=x86_64-linux-musl --sysroot=$sysroot"
  [[ -e $sysroot/usr/lib/libcrypto.a ]] || musl_openssl
  $cc -O2 -Wall -Werror -fPIC -c "$root/bench/static-musl.c" -o "$sysroot/usr/lib/static-musl.o"
}

# musl_openssl: puts musl, the kernel's headers and OpenSSL, which is compiled, into $sysroot
musl_openssl() {
  local build=$output/openssl-build
  openssl_source
  mkdir -p "$sysroot/usr/include" "$sysroot/usr/lib" "$build"
  cp --recursive --no-dereference "$packages/usr/include/x86_64-linux-musl/." "$sysroot/usr/include"
  cp --recursive "$packages/usr/include/linux" "$packages/usr/include/asm-generic" "$packages/usr/include/x86_64-linux-gnu/asm" \
    "$sysroot/usr/include"
  cp --recursive --no-dereference "$packages/usr/lib/x86_64-linux-musl/." "$sysroot/usr/lib"
  ln --symbolic --force --no-dereference /usr/lib/gcc "$sysroot/usr/lib"
  # musl has no makecontext and, in a static program, no dlopen.
  if ! (cd "$build" && CC=$cc "$output/openssl-source/Configure" linux-x86_64-clang no-shared no-module no-dso no-async no-tests \
    --prefix=/usr --libdir=lib --openssldir=/etc/ssl && make build_generated && make --jobs "$(nproc)" libcrypto.a libssl.a) \
    < /dev/null > "$build.log" 2>&1; then
    tail --lines 30 "$build.log" >&2
    echo "error: OpenSSL could not be compiled for musl: all of it in $build.log" >&2
    return 1
  fi
  cp --recursive --dereference "$output/openssl-source/include/openssl" "$build/include/openssl" "$sysroot/usr/include"
  # .NET takes strerror_r to be glibc's.
  objcopy --redefine-sym strerror_r=posix_strerror_r "$build/libcrypto.a" "$build/libcrypto-musl.a"
  cp "$build/libssl.a" "$sysroot/usr/lib"
  cp "$build/libcrypto-musl.a" "$sysroot/usr/lib/libcrypto.a"
}

# publish_for ARCHITECTURE MACHINE DEBIAN NAMES [OPTION...]: the rows of one architecture, by its names in .NET, the compiler and
# Debian
publish_for() {
  local architecture=$1 machine=$2 debian=$3 all=$4 rid=linux-$1
  local packages=$output/packages-$debian names=() name
  shift 4
  for name in $all; do
    if wanted "$architecture-$name" "${words[@]}"; then
      names+=("$name")
    fi
  done
  if (( ${#names[@]} == 0 )) && ! wanted "$architecture-release" "${words[@]}"; then
    return 0
  fi

  release=
  link
  publish_agent "$output/$architecture-release" "$rid" "$@"
  print_size "$output/$architecture-release"
  (( ${#names[@]} == 0 )) || [[ -e $packages/usr/lib/$machine-linux-gnu/libssl.a ]] \
    || "$root/eng/unpack.sh" "$debian" "$packages" libssl-dev linux-libc-dev musl-dev
  local search="<LinkerArg Include=\"-L$packages/usr/lib/$machine-linux-gnu\" />" direct='<DirectPInvoke Include="libc" />'
  local headers="-I$packages/usr/include -I$packages/usr/include/$machine-linux-gnu" sysroot=$output/musl
  for name in "${names[@]}"; do
    local file=$output/$architecture-$name
    # CFLAGS, LDFLAGS and OPENSSL_ROOT_DIR are for .NET's glue to OpenSSL, which the publishing compiles.
    case $name in
      openssl)
        link "$search"
        CFLAGS="-O2 --target=$machine-linux-gnu $headers" OPENSSL_ROOT_DIR=$packages/usr publish_agent "$file" "$rid" "$@" \
          -p:StaticOpenSslLinking=true
        ;;
      glibc)
        link "$search" "$direct"
        CFLAGS="-O2 --target=$machine-linux-gnu $headers" OPENSSL_ROOT_DIR=$packages/usr publish_agent "$file" "$rid" "$@" \
          -p:StaticOpenSslLinking=true -p:StaticExecutable=true
        ;;
      musl)
        musl_root "$packages"
        link "<LinkerArg Include=\"$sysroot/usr/lib/static-musl.o\" />" "$direct"
        # Threads get the stack that .NET gives them with musl, whose own default is 128 KB.
        CFLAGS="-O2 --target=x86_64-linux-musl --sysroot=$sysroot" LDFLAGS="-fuse-ld=lld -static" OPENSSL_ROOT_DIR=$sysroot/usr \
          publish_agent "$file" "$rid" "$@" -p:StaticOpenSslLinking=true -p:StaticExecutable=true \
          -p:SysRoot="$sysroot" -p:TargetTriple="x86_64-linux-musl" -p:LinkerFlavor=lld -p:IlcDefaultStackSize=1572864
        ;;
    esac
    print_size "$file"
  done
}

# Without FixedAddress the tables of a linked OpenSSL would be written at each start, as those of a shared one are.
print_header
publish_for x64 x86_64 amd64 'openssl glibc musl' -p:FixedAddress=true
publish_for arm64 aarch64 arm64 'openssl glibc' -p:FixedAddress=true -p:ObjCopyName=aarch64-linux-gnu-objcopy
