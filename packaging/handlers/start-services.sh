#!/bin/sh
# Starts systemd services, the handler of AWS-Start-Application: start-services.sh USER SERVICE...
#
# Several services may be one argument, separated by spaces.
# Needs root, a polkit rule for the agent's user, or sudo for USER: docs/guide/on-a-board.md, "Rights of jobs".
set -eu

fail() {
  printf '%s\n' "$*" >&2
  exit 1
}

[ $# -ge 2 ] || fail "usage: start-services.sh USER SERVICE..."
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

as_user systemctl --no-ask-password start -- "$@" || fail "systemctl start failed, see above"
for service in "$@"; do
  systemctl --quiet is-active -- "$service" || fail "$service is not active: $(systemctl is-active -- "$service" || true)"
done
printf 'started: %s\n' "$*"
