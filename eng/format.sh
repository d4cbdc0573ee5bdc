#!/usr/bin/env bash
# Formats all C# files as .editorconfig says, or checks that they are formatted.
#
#   eng/format.sh [--check] [whitespace]
#
# With --check no file changes, and a file that would change is an error. With 'whitespace' only white space is looked at:
# that takes seconds and no build. The rest (order of using directives, code style) needs a Release build.
set -euo pipefail

cd "$(dirname "${BASH_SOURCE[0]}")/.."
options=()
what=all
for argument in "$@"; do
  case $argument in
    --check) options+=(--verify-no-changes) ;;
    whitespace) what=whitespace ;;
    *) echo "usage: $0 [--check] [whitespace]" >&2; exit 2 ;;
  esac
done

failed=0
dotnet format whitespace . --folder --exclude artifacts/ "${options[@]}" < /dev/null || failed=1
if [[ $what == all ]]; then
  # The Release build of the source generator must run: without its output, needed using directives look unneeded.
  # The analyzers are not run: the build itself treats their warnings as errors.
  Configuration=Release dotnet format style EdgeJobs.sln --no-restore "${options[@]}" < /dev/null || failed=1
fi
if (( failed )); then
  echo "error: some files are not formatted (see above); run eng/format.sh" >&2
fi
exit "$failed"
