#!/usr/bin/env bash
# Measures what each type of step that updates a board costs in the binary: publishes the agent without it and prints the size of the
# stripped executable, compared with the release.
#
#   bench/steps.sh [NAME...]     only the rows whose names hold one of the words
#
# Each row has the others, so that what several types share counts in none of them, but in the last row. updateAgent is a download
# too, and is left out with it.
set -euo pipefail

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
. "$root/bench/variants.sh"
output=$root/artifacts/steps
reader=src/EdgeJobs.Runtime/Documents/StepReader.cs
command=src/EdgeJobs.Runtime/Commands/RunCommand.cs
words=("$@")

# edit FILE SCRIPT: as sed, and every command of the script must change something
edit() {
  local file=$copy/$1 script
  while read -r script; do
    cp "$file" "$copy/before"
    sed --in-place --expression "$script" "$file"
    if cmp --silent "$copy/before" "$file"; then
      echo "error: the edit '$script' changes nothing in $1" >&2
      exit 1
    fi
  done <<< "$2"
}

remove_download() {
  edit "$reader" '/DownloadReader.StepType)/d'
  edit "$command" 's/DownloadStepRunner downloads = new(installs, updates)/var downloads = installs/
    /downloads.DiscardLeftover/d'
}

remove_install() {
  edit "$reader" '/InstallReader.StepType)/d'
  edit "$command" 's/InstallStepRunner installs = new(\(.*\), updates);/var installs = \1;/'
}

remove_healthCheck() {
  edit "$reader" '/HealthCheckReader.StepType)/d'
  edit "$command" 's/new HealthCheckStepRunner(reboots, updates)/reboots/'
}

remove_reboot() {
  edit "$reader" '/RebootReader.StepType)/d'
  edit "$command" 's/RebootStepRunner reboots = new(runner, .*/var reboots = runner;/'
}

remove_updateAgent() {
  edit "$reader" '/UpdateAgentReader.StepType)/d'
  edit "$command" 's/UpdateAgentStepRunner all = new(.*/var all = downloads;/
    s/update = SelfUpdate.Begin(.*/update = null;/'
}

# row NAME TYPE...: the agent without these types, if it is asked for
row() {
  local name=$1 type
  shift
  wanted "$name" "${words[@]}" || return 0
  cp "$root/$reader" "$copy/$reader"
  cp "$root/$command" "$copy/$command"
  for type in "$@"; do
    "remove_$type"
  done
  # The edits leave code that nothing calls.
  publish_agent "$output/$name" linux-x64 -p:RunAnalyzers=false -p:TreatWarningsAsErrors=false
  print_size "$output/$name"
}

print_header
publish_agent "$output/release" linux-x64
print_size "$output/release"
row without-updateAgent updateAgent
row without-download download updateAgent
row without-install install
row without-healthCheck healthCheck
row without-reboot reboot
row without-all-five download install healthCheck reboot updateAgent
