#!/bin/sh
# Builds the peer on the AWS Common Runtime, artifacts/peers/aws-crt. Needs Debian 12's gcc and python3-awscrt.
set -eu
cd "$(dirname "$0")"
wanted=0.16.8
found=$(dpkg-query -W -f '${Version}' python3-awscrt 2>/dev/null || true)
library=$(dpkg -L python3-awscrt 2>/dev/null | grep '/_awscrt.*x86_64-linux-gnu\.so$' || true)
case $found in
    $wanted*) ;;
    "")
        echo "build.sh: python3-awscrt is not installed: apt-get install python3-awscrt (Debian 12, amd64)" >&2
        exit 1
        ;;
    *)
        echo "build.sh: python3-awscrt is $found; the structures in crt.h are those of $wanted, which Debian 12 has" >&2
        exit 1
        ;;
esac
if [ ! -f "$library" ]; then
    echo "build.sh: python3-awscrt holds no library for x86_64" >&2
    exit 1
fi
if ! command -v gcc >/dev/null; then
    echo "build.sh: gcc is not installed: apt-get install gcc libc6-dev" >&2
    exit 1
fi

out=../../../artifacts/peers
mkdir -p "$out"
# The library's own needs of Python's functions stay open: they are looked up when first called, and nothing calls them.
gcc -O2 -s -std=gnu11 -Wall -Wextra -Werror -o "$out/aws-crt" aws-crt.c python.c "$library" \
    -Wl,--unresolved-symbols=ignore-in-shared-libs -Wl,-z,lazy -pthread
echo "built artifacts/peers/aws-crt with $library ($found)"
