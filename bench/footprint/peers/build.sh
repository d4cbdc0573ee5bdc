#!/bin/sh
# Builds what bench/footprint measures the agent against, in artifacts/peers:
#   no-delay.so   sets TCP_NODELAY for programs that do not (gcc)
#   aws-crt       on the AWS Common Runtime's C libraries (gcc, Debian 12's python3-awscrt)
#   node_modules  the AWS IoT Device SDK v2 for JavaScript, for node-jobs.mjs (Node.js and npm)
set -eu
cd "$(dirname "$0")"
wanted=0.16.8
sdk=aws-iot-device-sdk-v2@1.28.0
out=../../../artifacts/peers
mkdir -p "$out"

if ! command -v gcc >/dev/null; then
    echo "build.sh: gcc is not installed: apt-get install gcc libc6-dev" >&2
    exit 1
fi
gcc -O2 -s -std=gnu11 -shared -fPIC -Wall -Wextra -Werror -o "$out/no-delay.so" no-delay.c
echo "built artifacts/peers/no-delay.so"

if command -v npm >/dev/null; then
    npm install --prefix "$out" --no-save --no-audit --no-fund --loglevel error "$sdk"
    echo "installed $sdk in artifacts/peers/node_modules"
else
    echo "build.sh: left out $sdk: npm is not installed: apt-get install nodejs npm" >&2
fi

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
# The library's own needs of Python's functions stay open: they are looked up when first called, and nothing calls them.
gcc -O2 -s -std=gnu11 -Wall -Wextra -Werror -o "$out/aws-crt" aws-crt.c python.c "$library" \
    -Wl,--unresolved-symbols=ignore-in-shared-libs -Wl,-z,lazy -pthread
echo "built artifacts/peers/aws-crt with $library ($found)"
