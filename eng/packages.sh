#!/usr/bin/env bash
# Installs what is missing of the named Debian packages, and says which.
#
#   eng/packages.sh PACKAGE[:COMMAND]...
#
# With a COMMAND the package counts as present when that command is found, whoever installed it. Nothing is downloaded
# when nothing is missing. Exit code 1, and the command to run, when something is missing and cannot be installed here.
set -euo pipefail

PATH="$PATH:/usr/local/sbin:/usr/sbin:/sbin"

present() {
  local package=${1%%:*} command=${1#*:}
  if [[ $1 == *:* ]]; then
    command -v "$command" > /dev/null
  else
    [[ $(dpkg-query --show --showformat='${db:Status-Status}' "$package" 2> /dev/null) == installed ]]
  fi
}

missing=()
for wanted in "$@"; do
  present "$wanted" || missing+=("${wanted%%:*}")
done
if (( ${#missing[@]} == 0 )); then
  exit 0
fi

as_root=()
if (( EUID != 0 )); then
  # Without a terminal sudo must not stop to ask for a password.
  as_root=(sudo)
  [[ -t 0 ]] || as_root=(sudo -n)
fi

refuse() {
  echo "error: missing: ${missing[*]}" >&2
  echo "$1" >&2
  exit 1
}

command -v apt-get > /dev/null \
  || refuse "There is no apt-get here: install what these Debian packages hold with this system's own package manager, then run again."
(( EUID == 0 )) || command -v sudo > /dev/null \
  || refuse "Neither root nor sudo here. Have this run as root: apt-get install --no-install-recommends ${missing[*]}"

echo "installing: ${missing[*]}" >&2
apt() {
  "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get -qq -o DPkg::Lock::Timeout=300 "$@" < /dev/null >&2
}

# A package list may be old, and an unreachable third-party source is no reason to stop: the installation decides.
apt update || true
apt install --yes --no-install-recommends -o Dpkg::Use-Pty=0 "${missing[@]}" \
  || refuse "apt-get could not install them (see above). By hand: apt-get install --no-install-recommends ${missing[*]}"
