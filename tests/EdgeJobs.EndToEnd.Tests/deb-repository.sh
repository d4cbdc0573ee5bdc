#!/bin/sh
# Installs the package with apt from the repository of a release, on a copy of this machine's root directory in memory.
#
#   unshare --mount --propagation private deb-repository.sh DIR APT KEY VERSION      DIR: empty
set -eu
work=$1 repository=$2 key=$3 version=$4

fail() { echo "FAILED: $*" >&2; exit 1; }

if [ "${5:-}" != inside ]; then
  mount -t tmpfs tmpfs "$work"
  mkdir "$work/upper" "$work/work" "$work/root"
  mount -t overlay overlay -o "lowerdir=/,upperdir=$work/upper,workdir=$work/work" "$work/root"
  mount -t proc proc "$work/root/proc"
  mount --bind /dev "$work/root/dev"
  mkdir "$work/root/test"
  cp -r "$repository" "$work/root/test/apt"
  cp "$key" "$work/root/test/key.asc"
  cp "$0" "$work/root/test/repository.sh"
  chroot "$work/root" sh /test/repository.sh - /test/apt /test/key.asc "$version" inside
  exit
fi

export DEBIAN_FRONTEND=noninteractive
rm -f /var/lib/man-db/auto-update
rm -rf /etc/apt/sources.list /etc/apt/sources.list.d /var/lib/apt/lists/*

# Without the key apt must refuse.
echo "deb file:$repository stable main" > /etc/apt/sources.list
! apt-get update 2> /dev/null || fail "apt accepts a repository with an unknown signature"
echo "deb [signed-by=$key] file:$repository stable main" > /etc/apt/sources.list
apt-get update
apt-get install --yes edgejobs edgejobs-dbgsym
[ "$(dpkg-query --show --showformat '${Version}' edgejobs)" = "$version" ] || fail "the version of the installed package"
edgejobs --version | grep -q "^edgejobs $version" || fail "edgejobs --version"
