#!/usr/bin/env bash
# Boots the virtual ARM64 board, with its console on the terminal. Power off: `poweroff` on the board, or end this command.
#
#   eng/board/run.sh [--image DIR] [--disk FILE] [--kernel 16k] [--ssh PORT] [--append WORDS] [-- QEMU-OPTION...]
#
# DIR holds what build-image.sh wrote (default: artifacts/board/bookworm). Without --disk, changes are lost at the end. With
# --ssh, port PORT of the loopback leads to the board's SSH (ssh -i DIR/id_ed25519 -p PORT root@127.0.0.1). On the board, 10.0.2.2
# is the loopback of this machine.
set -euo pipefail

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
image=$root/artifacts/board/bookworm
disk=
kernel=
cpu=cortex-a53
forward=
append=
while (( $# > 0 )); do
  case $1 in
    --image) image=${2:?"--image needs a directory"}; shift 2 ;;
    --disk) disk=${2:?"--disk needs a file"}; shift 2 ;;
    --kernel) kernel=-${2:?"--kernel needs a value: 16k"} cpu=cortex-a76; shift 2 ;;
    --ssh) forward=,hostfwd=tcp:127.0.0.1:${2:?"--ssh needs a port"}-:22; shift 2 ;;
    --append) append=${2?"--append needs a value"}; shift 2 ;;
    --) shift; break ;;
    *) sed --quiet 's/^#   \(eng.*\)/usage: \1/p' "$0" >&2; exit 2 ;;
  esac
done
snapshot=off
if [[ -z $disk ]]; then
  disk=$image/disk.img
  snapshot=on
fi
format=raw
[[ $disk != *.qcow2 ]] || format=qcow2

# No KVM: an ARM64 processor is emulated, so that this runs on any machine. A Cortex-A53, as in a Raspberry Pi 3; it has no pages of 16 KB,
# so the other kernel gets the Cortex-A76 of a Raspberry Pi 5. cache=writeback keeps what the board flushed.
exec qemu-system-aarch64 -M virt -accel tcg,tb-size=256 -cpu "$cpu" -smp 2 -m 512 -nographic -nodefaults -serial stdio -monitor none \
  -kernel "$image/vmlinuz$kernel" -initrd "$image/initramfs$kernel" -append "console=ttyAMA0 root=/dev/vda rw quiet $append" \
  -drive "file=$disk,format=$format,if=virtio,snapshot=$snapshot,cache=writeback" -device virtio-rng-pci \
  -netdev "user,id=net$forward" -device virtio-net-pci,netdev=net,romfile= "$@"
