#!/bin/bash
# Runs commands of a guide, on a copy of this machine's root directory in memory: in it (board), or beside it (image).
#
#   unshare --mount --propagation private bash deb-guide.sh DIR FILES board|image      DIR: empty; FILES: a directory with "commands"
set -euo pipefail
work=$1 files=$2 mode=$3

if [[ $mode != inside ]]; then
  mount -t tmpfs tmpfs "$work"
  mkdir "$work/upper" "$work/work" "$work/root"
  mount -t overlay overlay -o "lowerdir=/,upperdir=$work/upper,workdir=$work/work" "$work/root"
  mount -t proc proc "$work/root/proc"
  mount --bind /dev "$work/root/dev"
  rm -f "$work/root/var/lib/man-db/auto-update"
  cp "$0" "$files/guide.sh"
  if [[ $mode == board ]]; then
    cp -r "$files" "$work/root/test"
    chroot "$work/root" bash /test/guide.sh - /test inside
  else
    mkdir "$files/image"
    mount --rbind "$work/root" "$files/image"
    bash "$files/guide.sh" - "$files" inside
  fi
  exit
fi

export DEBIAN_FRONTEND=noninteractive
sudo() {
  if [[ $1 == -u ]]; then runuser -u "$2" -- "${@:3}"; else "$@"; fi
}
apt() { command apt-get --yes "$@"; }
cd "$files"
set -x
. ./commands
