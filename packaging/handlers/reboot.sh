#!/bin/sh
# Reboots the board, the handler of AWS-Reboot: reboot.sh USER
#
# The reboot interrupts this handler, and the agent runs it again when the board is back: only then it succeeds.
# Needs root, a polkit rule for the agent's user, or sudo for USER: docs/guide/on-a-board.md, "Rights of jobs".
set -eu

fail() {
  printf '%s\n' "$*" >&2
  exit 1
}

user=${1:-}

as_user() {
  if [ -z "$user" ] || [ "$user" = "$(id -un)" ]; then
    "$@"
  elif [ "$(id -u)" = 0 ]; then
    runuser -u "$user" -- "$@"
  else
    sudo -n -u "$user" -- "$@"
  fi
}

# The file says which job wanted to end which boot.
mark=$PWD/.rebooting
job="${EDGEJOBS_JOB_ID:-} ${EDGEJOBS_EXECUTION_NUMBER:-} ${EDGEJOBS_STEP:-}"
boot=$(cat /proc/sys/kernel/random/boot_id)
if [ -f "$mark" ]; then
  before=$(cat "$mark")
  if [ "${before% *}" = "$job" ] && [ "${before##* }" != "$boot" ]; then
    rm -f "$mark"
    echo "the board is back"
    exit
  fi
fi

printf '%s %s\n' "$job" "$boot" > "$mark" || fail "$mark cannot be written; the step needs a directory that it may write to"
sync "$mark" "$PWD"
as_user systemctl --no-ask-password reboot || { rm -f "$mark"; fail "systemctl reboot failed, see above"; }
sleep 300
rm -f "$mark"
fail "the board did not reboot within five minutes"
