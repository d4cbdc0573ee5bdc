#!/usr/bin/env bash
# Installs the missing ones of the named Debian packages, and prints their names.
#
#   eng/packages.sh PACKAGE[:COMMAND]...
#
# With a COMMAND the package counts as present if that command exists. Downloads nothing if no package is missing. Returns 1
# and prints the command to run if a missing package cannot be installed here.
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
  # Without a terminal, sudo must not prompt for a password.
  as_root=(sudo)
  [[ -t 0 ]] || as_root=(sudo -n)
fi

refuse() {
  echo "error: missing: ${missing[*]}" >&2
  echo "$1" >&2
  exit 1
}

command -v apt-get > /dev/null \
  || refuse "There is no apt-get: install the contents of these Debian packages with the package manager of this system, then run this again."
(( EUID == 0 )) || command -v sudo > /dev/null \
  || refuse "Root or sudo is required. Run as root: apt-get install --no-install-recommends ${missing[*]}"

echo "installing: ${missing[*]}" >&2
apt() {
  "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get -qq -o DPkg::Lock::Timeout=300 "$@" < /dev/null >&2
}

# A failed update is ignored: an unreachable third-party source may be irrelevant. The installation decides.
apt update || true
apt install --yes --no-install-recommends -o Dpkg::Use-Pty=0 "${missing[@]}" \
  || refuse "apt-get failed (see above). Install them yourself: apt-get install --no-install-recommends ${missing[*]}"
