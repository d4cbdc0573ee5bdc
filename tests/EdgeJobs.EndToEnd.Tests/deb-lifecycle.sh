#!/bin/sh
# Installs, upgrades, downgrades, removes and purges the package, on a copy of this machine's root directory in memory.
#
#   unshare --mount --propagation private deb-lifecycle.sh DIR DEB NEWER      DIR: empty; NEWER: the same package, a later version
set -eu
work=$1 deb=$2 newer=$3

fail() { echo "FAILED: $*" >&2; exit 1; }

if [ "${4:-}" != inside ]; then
  mount -t tmpfs tmpfs "$work"
  mkdir "$work/upper" "$work/work" "$work/root"
  mount -t overlay overlay -o "lowerdir=/,upperdir=$work/upper,workdir=$work/work" "$work/root"
  mount -t proc proc "$work/root/proc"
  mount --bind /dev "$work/root/dev"
  mkdir -p "$work/root/test/repository"
  cp "$deb" "$work/root/test/old.deb"
  cp "$newer" "$work/root/test/new.deb"
  cp "$deb" "$work/root/test/repository/"
  cp "$0" "$work/root/test/lifecycle.sh"
  chroot "$work/root" sh /test/lifecycle.sh - /test/old.deb /test/new.deb inside
  rm -r "$work/root/test"
  # Whiteouts of files that were removed are character devices.
  left=$(find "$work/upper" -name '*edgejobs*' ! -type c)
  [ -z "$left" ] || fail "purge leaves $left"
  exit
fi

export DEBIAN_FRONTEND=noninteractive
version() { dpkg-query --show --showformat '${Version} ${db:Status-Abbrev}' edgejobs; }
is() { [ "$1" = "$2" ] || fail "$3: '$1' instead of '$2'"; }

# Updating the index of manual pages takes most of the time otherwise.
rm -f /var/lib/man-db/auto-update

dpkg --install "$deb"
is "$(dpkg --verify edgejobs)" "" "dpkg --verify"
is "$(stat -c '%a %U:%G' /var/lib/edgejobs)" "700 edgejobs:edgejobs" "the data directory"
is "$(getent passwd edgejobs | cut -d: -f6,7)" "/var/lib/edgejobs:/usr/sbin/nologin" "the user"
is "$(systemctl is-enabled edgejobs)" enabled "the unit after the installation"
edgejobs --version | grep -q '^edgejobs [0-9]' || fail "edgejobs --version"
man edgejobs > /dev/null && man 5 edgejobs.json > /dev/null || fail "man"
rm -rf /var/cache/man

# As it is installed, the service has no certificate and no settings.
code=0
runuser -u edgejobs -- edgejobs run --config /etc/edgejobs/edgejobs.json 2> /test/errors || code=$?
is "$code" 2 "the exit code without settings"
grep -q 'endpoint is missing' /test/errors || fail "the message without settings: $(cat /test/errors)"

# The settings of the administrator survive upgrade and downgrade, and so does the journal.
echo '{ "endpoint": "example.com" }' > /etc/edgejobs/edgejobs.json
echo journal > /var/lib/edgejobs/journal
systemctl disable edgejobs
dpkg --install "$newer"
is "$(version)" "99.0 ii " "the version after the upgrade"
dpkg --install "$deb"
is "$(cat /etc/edgejobs/edgejobs.json)" '{ "endpoint": "example.com" }' "the settings"
is "$(systemctl is-enabled edgejobs || true)" disabled "the unit after the upgrade"

dpkg --remove edgejobs
[ ! -e /usr/bin/edgejobs ] || fail "edgejobs is still there"
[ -e /etc/edgejobs/edgejobs.json ] && [ -e /var/lib/edgejobs/journal ] || fail "remove has removed settings or journal"
dpkg --install "$deb"
is "$(cat /etc/edgejobs/edgejobs.json)" '{ "endpoint": "example.com" }' "the settings after the second installation"

# The handlers of the package with the real apt, and a repository in a directory.
cp -r /etc/edgejobs/handlers /test/handlers
dpkg --purge edgejobs
(cd /test/repository && dpkg-scanpackages . 2> /dev/null | tee Packages | gzip > Packages.gz)
rm -rf /etc/apt/sources.list /etc/apt/sources.list.d /var/lib/apt/lists/*
echo 'deb [trusted=yes] file:/test/repository ./' > /etc/apt/sources.list
/test/handlers/install-packages.sh '' 'edgejobs sed' | grep -q '^installed: edgejobs sed$' || fail "install-packages.sh"
is "$(version)" "$(dpkg-deb --field "$deb" Version) ii " "the version after install-packages.sh"
! /test/handlers/install-packages.sh '' 'no-such-package' || fail "an unknown package was installed"
! /test/handlers/install-packages.sh '' '--option=x' || fail "an option was taken for a package"
/test/handlers/remove-packages.sh root edgejobs | grep -q '^removed: edgejobs$' || fail "remove-packages.sh"
is "$(version)" "$(dpkg-deb --field "$deb" Version) rc " "the version after remove-packages.sh"
dpkg --purge edgejobs
! getent passwd edgejobs && ! getent group edgejobs || fail "purge has left the user"
