#!/bin/sh
# Runs a job under systemd that installs a package, whose script restarts the agent, in a container on a copy of this machine's root
# directory in memory.
#
#   unshare --mount --propagation private deb-install.sh DIR DEB NEWER BOARD
#
# DIR: empty; NEWER: not used; BOARD: edgejobs.json and the files that it names, and pump.deb. The job "install" of the thing, which
# installs /test/board/pump.deb, is pending.
set -eu
work=$1 deb=$2 board=$4

mount -t tmpfs tmpfs "$work"
mkdir "$work/upper" "$work/work" "$work/root"
mount -t overlay overlay -o "lowerdir=/,upperdir=$work/upper,workdir=$work/work" "$work/root"
root=$work/root
# Only the agent's service, not those of this machine. Images of containers forbid to start services.
rm -rf "$root"/etc/systemd/system/*.wants "$root/usr/sbin/policy-rc.d" "$root/var/lib/man-db/auto-update" "$root/etc/machine-id"
mkdir -p "$root/test" "$root/etc/systemd/system/edgejobs.service.d"
cp -r "$board" "$root/test/board"
cp "$deb" "$root/test/old.deb"
cat > "$root/etc/systemd/system/edgejobs.service.d/quick.conf" << 'END'
[Service]
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
job=/var/lib/edgejobs/jobs/install-1/job.jsonl

fail() {
  echo "FAILED: $*"
  cat "$job" || true
  systemctl status --no-pager --lines=50 edgejobs || true
  exit 1
}

dpkg --install /test/old.deb
cp /test/board/edgejobs.json /test/board/*.pem /test/board/*.key /etc/edgejobs/
install -m 644 /usr/share/edgejobs/root-jobs.conf /etc/systemd/system/edgejobs.service.d/root-jobs.conf
systemctl daemon-reload
systemctl start edgejobs
deadline=$(($(date +%s) + 120))
until grep -q '"status":' "$job" 2> /dev/null; do
  [ "$(date +%s)" -lt "$deadline" ] || fail "the job has not ended within two minutes"
  sleep 0.1
done
grep -q '"status":"SUCCEEDED"' "$job" || fail "the job"
[ "$(dpkg-query --show --showformat='${db:Status-Status} ${Version}' edgejobs-test-pump)" = "installed 1.0" ] || fail "the package"
# The script ran once, to its end, though the agent restarted in between.
[ "$(cat /var/lib/pump-script)" = "begin
end" ] || fail "the script: $(cat /var/lib/pump-script)"
echo COMPLETE
END
systemd-nspawn --quiet --register=no --keep-unit --directory="$root" --machine=edgejobs-test --console=pipe --boot \
  systemd.unit=probe.target < /dev/null > "$work/console" 2>&1 || true
cat "$root/test/output"
tail -n 1 "$root/test/output" | grep -qx COMPLETE || { cat "$work/console"; exit 1; }
