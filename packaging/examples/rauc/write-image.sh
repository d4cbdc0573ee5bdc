#!/bin/sh
# Writes a system image into the slot that does not run: write-image.sh USER BUNDLE
#
# For RAUC, with activate-installed=false in its system.conf: the slot is not started yet. After an interruption it is written again.
set -eu

[ $# -eq 2 ] || { echo "usage: write-image.sh USER BUNDLE" >&2; exit 1; }
rauc install "$2"
