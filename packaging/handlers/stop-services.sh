#!/bin/sh
# Stops systemd services, the handler of AWS-Stop-Application: stop-services.sh USER SERVICE...
#
# Several services may be one argument, separated by spaces.
# Needs root, a polkit rule for the agent's user, or sudo for USER: docs/guide/on-a-board.md, "Rights of jobs".
set -eu

fail() {
  printf '%s\n' "$*" >&2
  exit 1
}

[ $# -ge 2 ] || fail "usage: stop-services.sh USER SERVICE..."
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

for service in "$@"; do
  case $service in
    "$own" | "${own%.service}") fail "$service is the agent, which could not report this job; name other services" ;;
  esac
done
as_user systemctl --no-ask-password stop -- "$@" || fail "systemctl stop failed, see above"
printf 'stopped: %s\n' "$*"
