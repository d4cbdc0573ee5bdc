#!/bin/sh
# Installs Debian packages, the handler of AWS-Install-Application: install-packages.sh USER PACKAGE...
#
# Several packages may be one argument, separated by spaces. PACKAGE may have a version, as for apt-get: nginx=1.22.1-9.
# Needs root, or sudo for USER: docs/guide/on-a-board.md, "Rights of jobs".
set -eu

verb=install
past=installed

fail() {
  printf '%s\n' "$*" >&2
  exit 1
}

[ $# -ge 2 ] || fail "usage: $(basename "$0") USER PACKAGE..."
user=$1
shift
set -f
# shellcheck disable=SC2048,SC2086
set -- $*
[ $# -gt 0 ] || fail "no package is named"
for package in "$@"; do
  case $package in
    [!a-z0-9]* | *[!a-zA-Z0-9.+:=~_-]*) fail "'$package' is not the name of a package" ;;
  esac
done
command -v apt-get > /dev/null || fail "there is no apt-get on this board"

# As a unit of its own: a package may restart the agent, which ends this handler, but must not end dpkg. The next attempt then
# waits for dpkg's lock. DPkg::Lock::Timeout also waits for other users of apt.
as_root() {
  if [ "$(id -u)" != 0 ]; then
    sudo -n "$@"
  elif [ -d /run/systemd/system ]; then
    systemd-run --quiet --wait --pipe --collect --property=Type=exec --setenv=DEBIAN_FRONTEND=noninteractive -- "$@"
  else
    DEBIAN_FRONTEND=noninteractive "$@"
  fi
}

# USER is who asks for it: apt itself needs root.
if [ -n "$user" ] && [ "$user" != "$(id -un)" ] && [ "$user" != root ]; then
  [ "$(id -u)" = 0 ] || fail "the handler runs as $(id -un) and cannot act as $user; leave runAsUser out"
  runuser -u "$user" -- sudo -n true || fail "$user may not use sudo without a password; leave runAsUser out, or name root"
fi

# Completes what a power cut has interrupted; fails while another process, such as the attempt before, uses dpkg.
attempt=1
until as_root dpkg --configure -a; do
  [ "$attempt" -lt 30 ] || fail "dpkg --configure -a failed $attempt times, see above"
  attempt=$((attempt + 1))
  sleep 10
done
as_root apt-get -q -o DPkg::Lock::Timeout=300 update || echo "the lists of packages are not up to date, see above" >&2
as_root apt-get -q --yes -o DPkg::Lock::Timeout=300 -o Dpkg::Use-Pty=0 -o Dpkg::Options::=--force-confdef \
  -o Dpkg::Options::=--force-confold "$verb" -- "$@" || fail "apt-get $verb failed, see above"
printf '%s: %s\n' "$past" "$*"
