#!/bin/sh
# Lets the bootloader start the other slot at the next boot: switch-image.sh USER
#
# The file .image-switch says which job has switched, and which slot ran then. An interrupted attempt is repeated, but not after the
# board has already started the other slot.
set -eu

mark=$PWD/.image-switch
job="${EDGEJOBS_JOB_ID:-} ${EDGEJOBS_EXECUTION_NUMBER:-}"
slot=$(rauc status --output-format=shell | sed -n "s/^RAUC_SYSTEM_BOOTED_BOOTNAME='\(.*\)'$/\1/p")
[ -n "$slot" ] || { echo "rauc does not say which slot runs" >&2; exit 1; }
if [ -f "$mark" ]; then
  before=$(cat "$mark")
  if [ "${before% *}" = "$job" ] && [ "${before##* }" != "$slot" ]; then
    exit
  fi
fi
printf '%s %s\n' "$job" "$slot" > "$mark"
sync "$mark" "$PWD"
rauc status mark-active other
