#!/bin/sh
# Keeps the slot that runs, if it is the one that this job has written: confirm-image.sh USER
set -eu

fail() {
  printf '%s\n' "$*" >&2
  exit 1
}

mark=$PWD/.image-switch
job="${EDGEJOBS_JOB_ID:-} ${EDGEJOBS_EXECUTION_NUMBER:-}"
slot=$(rauc status --output-format=shell | sed -n "s/^RAUC_SYSTEM_BOOTED_BOOTNAME='\(.*\)'$/\1/p")
before=$(cat "$mark" 2> /dev/null) || before=
if [ -z "$before" ]; then
  # An attempt before was interrupted after its last command.
  [ "$(cat "$mark-done" 2> /dev/null)" = "$job $slot" ] || fail "this job has not switched; run switch-image.sh before"
  exit
fi
[ "${before% *}" = "$job" ] || fail "this job has not switched; run switch-image.sh before"
[ "${before##* }" != "$slot" ] || fail "the board runs slot $slot again: the bootloader has given up the new system"
rauc status mark-good booted
printf '%s %s\n' "$job" "$slot" > "$mark-done"
sync "$mark-done" "$PWD"
rm -f "$mark"
echo "slot $slot is confirmed"
