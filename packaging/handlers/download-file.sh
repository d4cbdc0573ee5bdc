#!/bin/sh
# Downloads a file, the handler of AWS-Download-File: download-file.sh USER URL FILE [SHA256]
#
# When the connection or the board fails, FILE.part keeps the bytes that have arrived. A later attempt continues there, also with
# a newly signed URL, if the server confirms (If-Range) that the object has not changed; FILE.part.of holds the identity that the
# server must confirm. A complete download replaces FILE in one rename. The URL is never printed: it may be signed.
set -u

fail() {
  printf '%s\n' "$*" >&2
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
sum=$(printf %s "${4:-}" | tr A-F a-f)
part=$file.part
origin=$file.part.of
answer=$file.part.answer
object=${url%%\?*}

case $file in
  */) fail "'$file' names a directory; name a file in it" ;;
  /*) ;;
  *) fail "'$file' is not an absolute path; it must start with /" ;;
esac
case $url in
  *'"'* | *'\'* | *' '* | *[[:cntrl:]]*)
    fail "the URL holds a character that no URL can have: a quote, a backslash, a space or a control character" ;;
  http://* | https://*) ;;
  *) fail "the URL begins with neither http:// nor https://" ;;
esac
command -v curl > /dev/null || fail "curl is not installed; install it on the board"
directory=$(dirname "$file")

# "exec" makes the process id of the subshell that of curl.
run=
as_user() {
  if [ -z "$user" ] || [ "$user" = "$(id -un)" ]; then
    $run "$@"
  elif [ "$(id -u)" = 0 ]; then
    $run runuser -u "$user" -- "$@"
  else
    $run sudo -n -u "$user" -- "$@"
  fi
}

# curl reads the URL from stdin: every user of the board can see arguments. Without --globoff, curl expands [1-3] and {a,b}.
request() {
  run=exec
  as_user curl --silent --show-error --fail --location --globoff --proto '=http,https' --suppress-connect-headers \
    --connect-timeout 30 --speed-limit 1 --speed-time 60 --dump-header "$answer" --output "$part" --config - "$@" << END
url = "$url"
END
}

size_of() {
  as_user stat -c %s "$1" 2> /dev/null || echo 0
}

free_bytes() {
  echo $(($(as_user stat -f -c '%a * %S' "$directory")))
}

forget() {
  as_user rm -f "$part" "$origin"
}

# Prints the status of the last response (after redirects), the size of the whole file, the length of the body, and the identity
# of the object; "?" for a missing value. Prints nothing while curl runs and the headers of that response are incomplete.
last_answer() {
  as_user cat "$answer" 2> /dev/null | tr -d '\r' | LC_ALL=C awk -v "running=$fetch" '
    function number(text) {
      sub(/^0+/, "", text)
      return text == "" ? 0 : text ~ /^[0-9]+$/ && length(text) < 19 ? text : "?"
    }
    /^HTTP\// { status = $2; body = tag = date = range = ""; chunked = complete = 0; next }
    complete { next }
    $0 == "" { complete = 1; next }
    {
      name = tolower($0); sub(/:.*/, "", name)
      value = $0; sub(/^[^:]*:[ \t]*/, "", value); sub(/[ \t]*$/, "", value)
      if (name == "content-length") body = value
      else if (name == "transfer-encoding") chunked = 1
      else if (name == "content-range") range = value
      else if (name == "etag") tag = value
      else if (name == "last-modified") date = value
    }
    END {
      if (status == "" || (running && (!complete || status ~ /^[13]/))) exit
      body = chunked || body == "" ? "?" : number(body)
      sub(/.*\//, "", range)
      size = status != 206 ? body : range == "" ? "?" : number(range)
      print status, size, body, (tag ~ /^"/ ? tag : date)
    }'
}

# Reads the last response, if it is there: status and body, and of the object its identity and total size, unless it is an error.
read_answer() {
  line=$(last_answer)
  [ -n "$line" ] || return
  status=${line%% *}
  line=${line#* }
  size=${line%% *}
  line=${line#* }
  body=${line%% *}
  line=${line#* }
  [ "$size" != '?' ] || size=
  case $status in
    206)
      # A server without If-Range support sends a part of a different object.
      if [ "$have" -gt 0 ] && { [ "${line:-$identity}" != "$identity" ] || [ "${size:-$total}" != "${total:-$size}" ]; }; then
        changed=yes
        return
      fi
      identity=${line:-$identity}
      total=${size:-$total}
      ;;
    200)
      identity=$line
      total=$size
      ;;
    *) return ;;
  esac
  if [ -n "$identity" ]; then
    printf '%s %s %s\n' "$object" "$identity" "${total:-?}" | as_user tee "$origin" > /dev/null || fail "$origin can't be written"
  fi
}

# Remove the files that a later attempt cannot use.
# shellcheck disable=SC2317
clean_up() {
  [ -z "$fetch" ] || kill "$fetch" 2> /dev/null
  as_user rm -f "$answer"
  if ! as_user test -s "$part" || ! as_user test -s "$origin"; then
    forget
  fi
}

as_user test -d "$directory" || fail "the directory $directory does not exist; create it, or name another file"
as_user test -w "$directory" || fail "the directory $directory can't be written by $(as_user id -un)"
! as_user test -d "$file" || fail "$file is a directory; name a file in it"
! as_user test -e "$file" || as_user test -f "$file" || fail "$file is not a regular file; name another one"

fetch=
trap clean_up EXIT
trap 'exit 143' HUP INT TERM

# "URL IDENTITY SIZE", the URL without its query, which changes with each signature.
identity=
total=
known=$(as_user head -n 1 "$origin" 2> /dev/null)
if [ "${known%% *}" = "$object" ] && as_user test -f "$part" && ! as_user test -L "$part"; then
  known=${known#* }
  total=${known##* }
  identity=${known% *}
  case $total in
    *[!0-9]*) total= ;;
  esac
fi
if [ -z "$identity" ]; then
  total=
  forget || fail "$part can't be removed"
fi

attempt=1
while :; do
  have=$(size_of "$part")
  if [ "$have" -gt 0 ] && [ "$have" = "$total" ]; then
    # It is complete, unless the object has changed: request the last byte again to find out.
    have=$((have - 1))
    as_user truncate -s "$have" "$part"
  fi

  free=$(free_bytes)
  set -- --max-filesize $((free > 0 ? free : 1))
  if [ "$have" -gt 0 ]; then
    set -- "$@" --continue-at "$have" --header "If-Range: $identity"
  fi

  as_user rm -f "$answer"
  status=
  body=0
  changed=
  request "$@" &
  fetch=$!
  while kill -0 "$fetch" 2> /dev/null; do
    [ -n "$status" ] || read_answer
    [ -z "$changed" ] || kill "$fetch" 2> /dev/null
    if [ -n "$status" ] && [ "${total:-0}" -gt 0 ]; then
      bytes=$(size_of "$part")
      progress "percent=$((bytes * 100 / total))" "message=Downloading" "bytes=$bytes"
    fi
    sleep 0.2
  done
  wait "$fetch"
  code=$?
  fetch=
  [ -n "$status" ] || read_answer
  [ "$body" != '?' ] || body=0
  if [ -n "$changed" ] || { [ "$status" = 416 ] && [ "$have" -gt 0 ]; }; then
    code=33
  elif [ "$code" = 0 ]; then
    case $status in
      200 | 206) break ;;
      *) fail "the server answers with status ${status:-?} instead of the file" ;;
    esac
  fi
  case $code in
    22)
      case $status in
        408 | 429 | 5??) ;;
        *) fail "the server refuses the download, see above; a signed URL that has expired needs a new job" ;;
      esac
      ;;
    23)
      forget
      fail "the disk is full, or $part can't be written"
      ;;
    63) fail "no room for the file: $(((body + 1023) / 1024)) KB are needed in $directory, $((free / 1024)) KB are free" ;;
    1 | 3 | 6 | 47 | 60 | 77) fail "the download can't begin, see above" ;;
    33)
      # The object has changed, or the server does not support ranges.
      forget
      ;;
  esac
  # Continue only a download whose identity the server can confirm.
  if ! as_user test -s "$part" || ! as_user test -s "$origin"; then
    forget
    identity=
    total=
  fi
  attempt=$((attempt + 1))
  [ "$attempt" -le 5 ] || fail "given up after 5 attempts; $(size_of "$part") bytes are kept in $part"
  [ "$code" = 33 ] || sleep "$attempt"
done

# curl creates no file for an empty body.
as_user test -e "$part" || as_user touch "$part" || fail "$part can't be written"
have=$(size_of "$part")
if [ -n "$total" ] && [ "$have" != "$total" ]; then
  forget
  fail "$have bytes came instead of $total; they are removed"
fi
if [ -n "$sum" ]; then
  actual=$(as_user cat "$part" | sha256sum | cut -d ' ' -f 1)
  if [ "$actual" != "$sum" ]; then
    forget
    fail "the file's SHA-256 is $actual instead of $sum; it is removed"
  fi
fi
as_user sync "$part" && as_user mv -fT "$part" "$file" || fail "$part can't be moved to $file"
as_user sync "$directory" 2> /dev/null
progress percent=100
printf '%s\n' "$file: $have bytes"
