#!/bin/sh
# Restarts systemd services, the handler of AWS-Restart-Application: restart-services.sh USER SERVICE...
#
# Several services may be one argument, separated by spaces. The agent's own service comes last: it continues the job.
# Needs root, a polkit rule for the agent's user, or sudo for USER: docs/guide/on-a-board.md, "Rights of jobs".
set -eu

fail() {
  printf '%s\n' "$*" >&2
  exit 1
}

[ $# -ge 2 ] || fail "usage: restart-services.sh USER SERVICE..."
user=$1
shift
set -f
# shellcheck disable=SC2048,SC2086
set -- $*
[ $# -gt 0 ] || fail "no service is named"
for service in "$@"; do
  case $service in
    -* | *[!a-zA-Z0-9:_.@\\-]*) fail "'$service' is not the name of a service" ;;
  esac
done

as_user() {
  if [ -z "$user" ] || [ "$user" = "$(id -un)" ]; then
    "$@"
  elif [ "$(id -u)" = 0 ]; then
    runuser -u "$user" -- "$@"
  else
    sudo -n -u "$user" -- "$@"
  fi
}

# The unit that this handler belongs to: the agent's.
own=$(sed -n 's|^[0-9]*:\(name=systemd\)\{0,1\}:.*/\([^/]*\.service\)\(/.*\)\{0,1\}$|\2|p' /proc/self/cgroup | head -n 1)

agent=
others=
for service in "$@"; do
  case $service in
    "$own" | "${own%.service}") agent=$own ;;
    *) others="$others $service" ;;
  esac
done

invocation() {
  systemctl show --property=InvocationID --value -- "$agent"
}

# The restart of the agent interrupts this handler. The file says which start of the agent it was asked to replace.
mark=$PWD/.restarting
job="${EDGEJOBS_JOB_ID:-} ${EDGEJOBS_EXECUTION_NUMBER:-} ${EDGEJOBS_STEP:-}"
if [ -n "$agent" ] && [ -f "$mark" ]; then
  before=$(cat "$mark")
  if [ "${before% *}" = "$job" ] && [ "${before##* }" != "$(invocation)" ]; then
    rm -f "$mark"
    printf 'restarted: %s\n' "$*"
    exit
  fi
fi

if [ -n "$others" ]; then
  # shellcheck disable=SC2086
  as_user systemctl --no-ask-password restart -- $others || fail "systemctl restart failed, see above"
  for service in $others; do
    systemctl --quiet is-active -- "$service" || fail "$service is not active: $(systemctl is-active -- "$service" || true)"
  done
fi
if [ -n "$agent" ]; then
  printf '%s %s\n' "$job" "$(invocation)" > "$mark"
  sync "$mark"
  as_user systemctl --no-ask-password --no-block restart -- "$agent" || fail "systemctl restart failed, see above"
  sleep 120
  rm -f "$mark"
  fail "$agent was not restarted within two minutes"
fi
printf 'restarted: %s\n' "$*"
