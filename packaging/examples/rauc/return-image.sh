#!/bin/sh
# Goes back to the slot that ran before, unless the new one was confirmed: return-image.sh USER
#
# The last step of a job, with alwaysRun. The reboot interrupts it, and it succeeds when the board is back in the old slot.
set -eu

mark=$PWD/.image-switch
job="${EDGEJOBS_JOB_ID:-} ${EDGEJOBS_EXECUTION_NUMBER:-}"
before=$(cat "$mark" 2> /dev/null) || exit 0
[ "${before% *}" = "$job" ] || exit 0
slot=$(rauc status --output-format=shell | sed -n "s/^RAUC_SYSTEM_BOOTED_BOOTNAME='\(.*\)'$/\1/p")
if [ "${before##* }" = "$slot" ]; then
  # Also if the board has not rebooted since the switch: the other slot must not be started later.
  rauc status mark-active booted
  rm -f "$mark"
  echo "the board runs slot $slot, as before"
  exit
fi
rauc status mark-bad booted
rauc status mark-active other
systemctl --no-ask-password reboot
sleep 300
echo "the board did not reboot within five minutes" >&2
exit 1
