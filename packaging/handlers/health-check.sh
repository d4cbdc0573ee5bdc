#!/bin/sh
# Checks the board: health-check.sh USER [SERVICE...]
#
# Prints uptime, load, free memory and free disk. Fails if a named service is not active, less than 5 percent of the disk or of
# the memory is free, or the file system of the working directory cannot be written.
set -eu

fail() {
  printf '%s\n' "$*" >&2
  faults=$((faults + 1))
}

faults=0
[ $# -eq 0 ] || shift
set -f
# shellcheck disable=SC2048,SC2086
set -- $*

read -r uptime _ < /proc/uptime
read -r load _ < /proc/loadavg
memory=$(awk '$1 == "MemTotal:" { total = $2 } $1 == "MemAvailable:" { free = $2 } END { print int(free * 100 / total) }' /proc/meminfo)
disk=$(df -P . | awk 'NR == 2 { print 100 - $5 }')
printf 'up %s s, load %s, free: memory %s %%, disk %s %%\n' "${uptime%.*}" "$load" "$memory" "$disk"
[ "$memory" -ge 5 ] || fail "only $memory percent of the memory is available"
[ "$disk" -ge 5 ] || fail "only $disk percent of the disk is free"
if probe=$(mktemp ./.health-XXXXXX 2>&1); then
  rm -f "$probe"
else
  fail "$PWD cannot be written: $probe"
fi
for service in "$@"; do
  case $service in
    -* | *[!a-zA-Z0-9:_.@\\-]*) fail "'$service' is not the name of a service"; continue ;;
  esac
  state=$(systemctl is-active -- "$service" 2> /dev/null || true)
  [ "$state" = active ] || fail "$service is ${state:-unknown}"
done
[ "$faults" = 0 ]
