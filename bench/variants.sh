# Functions for the scripts that publish variants of the agent and print a table of their sizes: source it with $root set.
# They publish a copy of the files under version control, $copy, which the scripts may edit.

copy=$(mktemp -d)
trap 'rm -rf "$copy"' EXIT
git -C "$root" ls-files -z | (cd "$root" && tar --null --files-from=- --create) | tar --extract --directory "$copy"
release=

# publish_agent FILE RID [OPTION...]: publishes the copy, the executable to FILE
publish_agent() {
  local file=$1 rid=$2
  shift 2
  rm -rf "$copy/out" "$copy/src/EdgeJobs.Agent/bin/Release/net10.0/$rid/native"
  if ! dotnet publish "$copy/src/EdgeJobs.Agent/EdgeJobs.Agent.csproj" --runtime "$rid" --configuration Release \
    --output "$copy/out" -nodeReuse:false -v quiet -p:LinkerFlavor=lld "$@" < /dev/null > "$copy/log" 2>&1; then
    cat "$copy/log" >&2
    echo "error: $(basename "$file") could not be published (see above)." >&2
    return 1
  fi
  mkdir -p "$(dirname "$file")"
  cp "$copy/out/edgejobs" "$file"
}

print_header() {
  echo '| build                  |     bytes | to release |'
  echo '|------------------------|----------:|-----------:|'
}

# print_size FILE: its row; the first one printed is the release, until $release is emptied
print_size() {
  local size
  size=$(stat --format %s "$1")
  release=${release:-$size}
  printf '| %-22s | %9s | %+10d |\n' "$(basename "$1")" "$size" $((size - release))
}

# wanted NAME [WORD...]: whether a NAME holds one of the words, or there are none
wanted() {
  local name=$1 word
  shift
  (( $# > 0 )) || return 0
  for word in "$@"; do
    [[ $name != *"$word"* ]] || return 0
  done
  return 1
}
