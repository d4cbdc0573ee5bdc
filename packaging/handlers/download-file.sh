#!/bin/sh
# Downloads a file, as AWS-Download-File asks for: download-file.sh USER URL FILE [SHA256]
#
# What has come is kept beside FILE as FILE.part when the line or the board fails, and a later attempt goes on from there, also with
# a URL that was signed anew. FILE is replaced in one move, when it is whole. The URL is never shown: it may be signed.
set -u

fail() {
  echo "$*" >&2
  exit 1
}

progress() {
  if [ -n "${EDGEJOBS_PROGRESS_FD:-}" ]; then
    printf '%s\n' "$@" >&"$EDGEJOBS_PROGRESS_FD"
  fi
}

[ $# -ge 3 ] || fail "usage: download-file.sh USER URL FILE [SHA256]"
user=$1
url=$2
file=$3
sum=${4:-}
part=$file.part
origin=$file.part.of
directory=$(dirname "$file")

case $file in
  /*) ;;
  *) fail "'$file' is no absolute path; begin it with /" ;;
esac
case $url in
  *'"'* | *'\'* | *' '*) fail "the URL holds a character that no URL can have: a quote, a backslash or a space" ;;
  http://* | https://*) ;;
  *) fail "the URL begins with neither http:// nor https://" ;;
esac
command -v curl > /dev/null || fail "curl is not installed; install it on the board"

as_user() {
  if [ -z "$user" ] || [ "$user" = "$(id -un)" ]; then
    "$@"
  elif [ "$(id -u)" = 0 ]; then
    runuser -u "$user" -- "$@"
  else
    sudo -n -u "$user" -- "$@"
  fi
}

# The URL goes through stdin: arguments can be seen by every user of the board.
request() {
  printf 'url = "%s"\n' "$url" | as_user curl --silent --show-error --fail --location --connect-timeout 30 --speed-limit 1 --speed-time 60 --config - "$@"
}

size_of() {
  as_user stat -c %s "$1" 2> /dev/null || echo 0
}

as_user test -d "$directory" || fail "the directory $directory does not exist; create it, or name another file"
as_user test -w "$directory" || fail "the directory $directory can't be written by $(as_user id -un)"

# One byte, for the size of the whole: a signed URL allows no HEAD. A server that knows no ranges would send all of it: that is cut short.
headers=$(request --range 0-0 --max-filesize 65536 --output /dev/null --dump-header - 2> /dev/null | tr -d '\r')
total=$(printf '%s\n' "$headers" | sed -n 's/^[Cc]ontent-[Rr]ange:.*\///p' | tail -n 1)
ranges=yes
if [ -z "$total" ] || [ "$total" = '*' ]; then
  ranges=
  total=$(printf '%s\n' "$headers" | sed -n 's/^[Cc]ontent-[Ll]ength: *//p' | tail -n 1)
fi
tag=$(printf '%s\n' "$headers" | sed -n 's/^[Ee][Tt][Aa][Gg]: *//p' | tail -n 1)

# What is there is of use when it is of the same object: the query of a signed URL changes, the rest does not.
identity="${url%%\?*} $tag $total"
if [ -z "$ranges" ] || [ "$(as_user cat "$origin" 2> /dev/null)" != "$identity" ]; then
  as_user rm -f "$part"
  printf '%s\n' "$identity" | as_user tee "$origin" > /dev/null || fail "$origin can't be written"
fi

have=$(size_of "$part")
if [ -n "$total" ]; then
  free=$(df -Pk "$directory" | awk 'NR == 2 { print $4 }')
  need=$(((total - have) / 1024 + 1))
  [ "$free" -gt "$need" ] || fail "no room for the file: $need KB are needed in $directory, $free KB are free"
fi

attempt=1
while [ -z "$total" ] || [ "$(size_of "$part")" -lt "$total" ]; do
  set --
  if [ -n "$ranges" ]; then
    set -- --continue-at -
  fi
  request "$@" --output "$part" &
  fetch=$!
  while kill -0 "$fetch" 2> /dev/null; do
    if [ -n "$total" ] && [ "$total" -gt 0 ]; then
      progress "percent=$(($(size_of "$part") * 100 / total))" "message=Downloading" "bytes=$(size_of "$part")"
    fi
    sleep 0.2
  done
  wait "$fetch"
  code=$?
  [ "$code" = 0 ] && break
  case $code in
    22) fail "the server refuses the download, see above; a signed URL that has expired needs a new job" ;;
    23) fail "the disk is full, or $part can't be written" ;;
    3 | 6 | 60 | 77) fail "the download can't begin, see above" ;;
  esac
  attempt=$((attempt + 1))
  [ "$attempt" -le 5 ] || fail "given up after 5 attempts; $(size_of "$part") bytes are kept in $part"
  sleep "$attempt"
done

have=$(size_of "$part")
[ -z "$total" ] || [ "$have" = "$total" ] || fail "$have bytes came instead of $total; they are removed$(as_user rm -f "$part" "$origin")"
if [ -n "$sum" ]; then
  actual=$(as_user sha256sum "$part" | cut -d ' ' -f 1)
  [ "$actual" = "$sum" ] || fail "the file's SHA-256 is $actual instead of $sum; it is removed$(as_user rm -f "$part" "$origin")"
fi
as_user sync "$part" && as_user mv -f "$part" "$file" || fail "$part can't be moved to $file"
as_user rm -f "$origin"
progress percent=100
echo "$file: $have bytes"
