#!/usr/bin/env bash
# Builds the disk, kernel and initramfs of a virtual ARM64 board that runs Debian with systemd.
#
#   eng/board/build-image.sh [--release bookworm|trixie] [--output DIR]      (default: bookworm, artifacts/board/RELEASE)
#
# Writes to DIR: disk.img (ext4), vmlinuz, initramfs, and for trixie vmlinuz-16k and initramfs-16k (a kernel with pages of 16 KB);
# id_ed25519 is the SSH key of root. The packages come from the Debian mirror of this machine. The host unpacks them; the
# board configures them at its first boot, in here, without network. Does nothing when the image is up to date.
set -euo pipefail

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
release=bookworm
output=
while (( $# > 0 )); do
  case $1 in
    --release) release=${2:?"--release needs a value: bookworm or trixie"}; shift 2 ;;
    --output) output=${2:?"--output needs a directory"}; shift 2 ;;
    *) sed --quiet 's/^#   \(eng.*\)/usage: \1/p' "$0" >&2; exit 2 ;;
  esac
done
case $release in
  bookworm) openssl=libssl3 ;;
  trixie) openssl=libssl3t64 ;;
  *) echo "error: --release is '$release'; use bookworm or trixie." >&2; exit 2 ;;
esac
output=$(realpath --canonicalize-missing "${output:-$root/artifacts/board/$release}")

stamp=$(sha256sum < "$root/eng/board/build-image.sh")
if [[ -f $output/complete && $(< "$output/complete") == "$stamp" ]]; then
  echo "$output is up to date"
  exit 0
fi
if (( EUID != 0 )); then
  echo "error: the image needs files that root owns; run as root: $0 --release $release" >&2
  exit 1
fi
"$root/eng/packages.sh" qemu-system-arm:qemu-system-aarch64 qemu-utils:qemu-img e2fsprogs:mkfs.ext4 cpio:cpio xz-utils:xz \
  openssh-client:ssh-keygen debian-archive-keyring

rm -rf "$output"
mkdir -p "$output"
work=$(mktemp -d "$output/work-XXXXXX")
trap 'rm -rf "$work"' EXIT
board=$work/root
mkdir -p "$board" "$work"/{apt/lists/partial,apt/cache/archives/partial,kernels}
: > "$work/apt/status" # apt locks beside it: two images may be built at once

step() { printf '%(%T)T %s\n' -1 "$*"; }

mirror=$(apt-get indextargets --format '$(REPO_URI) $(COMPONENT)' 'Created-By: Packages' | sed --quiet 's,\(.*/debian\)/* main$,\1,p' | head --lines 1)
[[ -n $mirror ]] || { echo "error: the sources of apt on this machine name no mirror of Debian (a URI that ends in /debian)." >&2; exit 1; }
echo "deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] $mirror $release main" > "$work/apt/sources.list"
apt=(apt-get --quiet=2 -o APT::Architecture=arm64 -o APT::Architectures=arm64 -o APT::Install-Recommends=false
  -o APT::Sandbox::User=root -o Acquire::Languages=none -o Dir::Etc::sourcelist="$work/apt/sources.list" -o Dir::Etc::sourceparts=-
  -o Dir::State::lists="$work/apt/lists" -o Dir::State::status="$work/apt/status" -o Dir::Cache="$work/apt/cache")

step "download the packages of $release"
"${apt[@]}" update < /dev/null
"${apt[@]}" install --yes --download-only '?essential' '?priority(required)' apt systemd-sysv udev dbus iproute2 openssh-server \
  ca-certificates "$openssl" libstdc++6 curl < /dev/null > "$work/download.log" 2>&1 || { cat "$work/download.log" >&2; exit 1; }
kernel() { "${apt[@]}" install --print-uris --yes "$1" < /dev/null | sed --quiet "s/.* \(linux-image-[0-9][^_]*\)_.*/\1/p"; }
kernels=("$(kernel linux-image-arm64)")
[[ $release != trixie ]] || kernels+=("$(kernel linux-image-arm64-16k)")
(cd "$work/kernels" && "${apt[@]}" download "${kernels[@]}" busybox-static < /dev/null)

step "unpack $(find "$work/apt/cache/archives" -name '*.deb' | wc --lines) packages"
# Since Debian 12, /bin, /lib and /sbin are links; the first package that has such a directory must not create it.
mkdir -p "$board"/usr/{bin,lib,sbin} "$board/var/lib/dpkg/info"
for directory in bin lib sbin; do ln --symbolic "usr/$directory" "$board/$directory"; done
for deb in "$work"/apt/cache/archives/*.deb; do
  package=$(dpkg-deb --field "$deb" Package)
  name=$package
  [[ $(dpkg-deb --field "$deb" Multi-Arch) != same ]] || name=$package:arm64
  dpkg-deb --fsys-tarfile "$deb" | tar --extract --directory "$board" --keep-directory-symlink --numeric-owner
  dpkg-deb --fsys-tarfile "$deb" | tar --list | sed -e 's,^\./,/,' -e 's,\(.\)/$,\1,' -e 's,^/$,/.,' > "$board/var/lib/dpkg/info/$name.list"
  rm -rf "$work/control"
  dpkg-deb --control "$deb" "$work/control"
  for file in "$work"/control/*; do
    [[ ${file##*/} == control ]] || cp --preserve=mode "$file" "$board/var/lib/dpkg/info/$name.${file##*/}"
  done
  {
    sed '/^Package:/a Status: install ok unpacked' "$work/control/control"
    if [[ -s $work/control/conffiles ]]; then
      echo Conffiles:
      while read -r conffile; do
        [[ ! -f $board$conffile ]] || echo " $conffile $(md5sum < "$board$conffile" | cut --delimiter ' ' --fields 1)"
      done < "$work/control/conffiles"
    fi
    echo
  } >> "$board/var/lib/dpkg/status"
done

step "write the settings of the board"
ssh-keygen -q -t ed25519 -N '' -C board -f "$output/id_ed25519"
install -D --mode 600 "$output/id_ed25519.pub" "$board/root/.ssh/authorized_keys"
chmod 700 "$board/root" "$board/root/.ssh"
# The package would make those that are missing: an emulated processor takes long for RSA.
for type in ed25519 ecdsa rsa; do ssh-keygen -q -t "$type" -N '' -C board -f "$board/etc/ssh/ssh_host_${type}_key"; done
echo board > "$board/etc/hostname"
printf '127.0.0.1 localhost board\n10.0.2.2 host\n' > "$board/etc/hosts"
echo '/dev/vda / ext4 errors=remount-ro 0 1' > "$board/etc/fstab"
mkdir -p "$board/etc/systemd/network" "$board/etc/ssh/sshd_config.d"
printf '[Match]\nName=en* eth*\n\n[Network]\nDHCP=ipv4\n' > "$board/etc/systemd/network/board.network"
printf 'HostKey /etc/ssh/ssh_host_ed25519_key\nUseDNS no\n' > "$board/etc/ssh/sshd_config.d/board.conf"
cp /usr/share/zoneinfo/UTC "$board/etc/localtime" 2> /dev/null || true

# What configures the packages, in the place of systemd.
cat > "$board/configure" << 'SCRIPT'
#!/bin/sh
export PATH=/usr/sbin:/usr/bin:/sbin:/bin DEBIAN_FRONTEND=noninteractive DEBCONF_NONINTERACTIVE_SEEN=true LC_ALL=C.UTF-8 HOME=/root
mount -t proc proc /proc
mount -t sysfs sysfs /sys
mount -t devtmpfs devtmpfs /dev 2> /dev/null
mount -o remount,rw /
cp /usr/share/base-passwd/passwd.master /etc/passwd
cp /usr/share/base-passwd/group.master /etc/group
[ -e /usr/bin/awk ] || ln -s mawk /usr/bin/awk
dpkg --force-depends --force-unsafe-io --configure base-passwd base-files libc6 \
  && dpkg --force-unsafe-io --force-confold --configure --pending \
  && systemctl enable systemd-networkd ssh && systemctl disable systemd-timesyncd apt-daily.timer apt-daily-upgrade.timer 2> /dev/null
dpkg --audit > /dev/null && [ -z "$(dpkg --audit)" ] && systemctl --root=/ is-enabled ssh && echo BOARD-CONFIGURED
sync
mount -o remount,ro /
echo o > /proc/sysrq-trigger
sleep 60
SCRIPT
chmod 755 "$board/configure"

step "make the initramfs"
dpkg-deb --extract "$work"/kernels/busybox-static_*.deb "$work/busybox"
# The order of the dependencies; what a kernel has built in is no file.
modules=(virtio_pci_modern_dev virtio_pci_legacy_dev virtio_pci virtio_mmio virtio_blk failover net_failover virtio_net virtio-rng rng-core
  crc16 mbcache jbd2 crc32c-cryptoapi crc32c_generic libcrc32c ext4)
for image in "${kernels[@]}"; do
  suffix=
  [[ $image != *-16k* ]] || suffix=-16k
  dpkg-deb --extract "$work/kernels/${image}"_*.deb "$work/kernel$suffix"
  cp "$work/kernel$suffix"/boot/vmlinuz-* "$output/vmlinuz$suffix"
  ram=$work/initramfs$suffix
  mkdir -p "$ram"/{bin,dev,proc,sys,root,modules}
  install --mode 755 "$(find "$work/busybox" -path '*bin/busybox' -type f)" "$ram/bin/busybox"
  # Loaded without their dependency table: each module after those that it needs.
  find "$work/kernel$suffix" -name '*.ko*' > "$work/modules$suffix"
  for module in "${modules[@]}"; do
    file=$(grep --max-count 1 --extended-regexp "/${module//[-_]/[-_]}\.ko(\.xz|\.zst)?$" "$work/modules$suffix" || true)
    case $file in
      '') ;;
      *.xz) xz --decompress --stdout "$file" > "$ram/modules/$module.ko" ;;
      *) cp "$file" "$ram/modules/$module.ko" ;;
    esac
  done
  cat > "$ram/init" << SCRIPT
#!/bin/busybox sh
/bin/busybox mount -t proc proc /proc
/bin/busybox mount -t devtmpfs dev /dev
for module in ${modules[*]}; do
  [ ! -e /modules/\$module.ko ] || /bin/busybox insmod /modules/\$module.ko || echo "initramfs: \$module is not loaded"
done
/bin/busybox mount -t ext4 /dev/vda /root
init=/sbin/init
for word in \$(/bin/busybox cat /proc/cmdline); do case \$word in board.init=*) init=\${word#*=} ;; esac; done
/bin/busybox umount /proc
exec /bin/busybox switch_root /root \$init
SCRIPT
  sed --in-place '1s,/bin/busybox sh,/bin/sh,' "$ram/init"
  ln --symbolic busybox "$ram/bin/sh"
  chmod 755 "$ram/init"
  (cd "$ram" && find . | LC_ALL=C sort | cpio --quiet --create --format newc --owner 0:0 | gzip -1) > "$output/initramfs$suffix"
done

step "make the disk"
truncate --size 2G "$output/disk.img"
mkfs.ext4 -q -F -d "$board" "$output/disk.img"

step "configure the packages on the board"
"$root/eng/board/run.sh" --image "$output" --disk "$output/disk.img" --append board.init=/configure < /dev/null > "$output/configure.log" 2>&1 || true
if ! grep --quiet BOARD-CONFIGURED "$output/configure.log"; then
  tail --lines 40 "$output/configure.log" >&2
  echo "error: the first boot of the board failed (see above, and $output/configure.log)." >&2
  exit 1
fi
echo "$stamp" > "$output/complete"
step "done: $(du --human-readable "$output/disk.img" | cut --fields 1) in $output/disk.img"
