#!/bin/sh
# Runs the installed package under systemd, in a container on a copy of this machine's root directory in memory.
#
#   unshare --mount --propagation private deb-service.sh DIR DEB NEWER BOARD
#
# DIR: empty; NEWER: the same package, a later version; BOARD: edgejobs.json and the files that it names. The jobs "first" and "second"
# of the thing are pending; "second" runs until the file "go" exists.
set -eu
work=$1 deb=$2 newer=$3 board=$4

mount -t tmpfs tmpfs "$work"
mkdir "$work/upper" "$work/work" "$work/root"
mount -t overlay overlay -o "lowerdir=/,upperdir=$work/upper,workdir=$work/work" "$work/root"
root=$work/root
# Only the agent's service, not those of this machine. Images of containers forbid to start services.
rm -rf "$root"/etc/systemd/system/*.wants "$root/usr/sbin/policy-rc.d" "$root/var/lib/man-db/auto-update" "$root/etc/machine-id"
mkdir -p "$root/test" "$root/etc/systemd/system/edgejobs.service.d"
cp -r "$board" "$root/test/board"
cp "$deb" "$root/test/old.deb"
cp "$newer" "$root/test/new.deb"
cat > "$root/etc/systemd/system/edgejobs.service.d/quick.conf" << 'END'
[Service]
WatchdogSec=20
RestartSec=1
END
cat > "$root/etc/systemd/system/probe.target" << 'END'
[Unit]
Requires=basic.target
After=basic.target
Wants=probe.service
END
cat > "$root/etc/systemd/system/probe.service" << 'END'
[Service]
ExecStart=/bin/sh /test/probe.sh
ExecStopPost=/bin/systemctl poweroff --force --force
END
cat > "$root/test/probe.sh" << 'END'
exec > /test/output 2>&1
set -eu
export DEBIAN_FRONTEND=noninteractive
jobs=/var/lib/edgejobs/jobs

fail() {
  echo "FAILED: $*"
  systemctl status --no-pager --lines=50 edgejobs || true
  exit 1
}

# Waits until a command succeeds.
until_true() {
  deadline=$(($(date +%s) + 60))
  until "$@" > /dev/null 2>&1; do
    [ "$(date +%s)" -lt "$deadline" ] || fail "not within a minute: $*"
    sleep 0.1
  done
}
has() { [ "$(systemctl show --property="$1" --value edgejobs)" = "$2" ]; }
lines() { [ "$(wc -l < /var/lib/edgejobs/runs)" = "$1" ]; }

dpkg --install /test/old.deb
has ActiveState inactive || fail "it was started before it was configured"
systemctl status --no-pager edgejobs | grep -F 'ConditionPathExistsGlob=/etc/edgejobs/*.pem was not met' || fail "no message says why"

cp /test/board/* /etc/edgejobs/
chown edgejobs /etc/edgejobs/*.key
systemctl start edgejobs
until_true lines 1
until_true has StatusText "Running job second: step 1 of 1, the step"
grep -q '"status":"SUCCEEDED"' "$jobs"/first-1/job.jsonl || fail "the first job: $(cat "$jobs"/first-1/job.jsonl)"

# The upgrade ends the step, and the agent runs it again.
dpkg --install /test/new.deb
until_true lines 2
until_true has StatusText "Running job second: step 1 of 1, the step"
touch /var/lib/edgejobs/go
until_true has StatusText "Waiting for jobs"
grep -q '"status":"SUCCEEDED"' "$jobs"/second-1/job.jsonl || fail "the second job: $(cat "$jobs"/second-1/job.jsonl)"

# journalctl needs the journal's files: there are none without a machine id.
systemctl reload edgejobs
until_true has ActiveState active
has NRestarts 0 || fail "it was restarted"

# All threads stop, and with them the loop.
kill -STOP "$(systemctl show --property=MainPID --value edgejobs)"
until_true has NRestarts 1
until_true has StatusText "Waiting for jobs"

systemctl stop edgejobs
has Result success || fail "stopped with $(systemctl show --property=Result --value edgejobs)"
systemctl start edgejobs
dpkg --purge edgejobs
until_true has ActiveState inactive
! pgrep -x edgejobs || fail "the agent still runs"
! getent passwd edgejobs || fail "the user is left"
echo COMPLETE
END
systemd-nspawn --quiet --register=no --keep-unit --directory="$root" --machine=edgejobs-test --console=pipe --boot \
  systemd.unit=probe.target < /dev/null > "$work/console" 2>&1 || true
cat "$root/test/output"
tail -n 1 "$root/test/output" | grep -qx COMPLETE || { cat "$work/console"; exit 1; }
