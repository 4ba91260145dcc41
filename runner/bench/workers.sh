#!/bin/sh
# What many workers cost: `sleep 1` on W workers (default 200), ten times each, beside 20 workers and
# beside `xargs -P`, in R rounds (default 1). Then the client's side alone: M rentals (default 200) of
# a node in another process, one fragment each that does nothing, beside 20: what the client takes of
# processor time, and the most threads and descriptors that it had; with 0 for W that alone. Prints
# medians. Works in a folder of its own that it removes; needs GNU time and xargs, and Linux for
# threads and descriptors.
set -eu

workers=${1:-200}
rentals=${2:-200}
rounds=${3:-1}
root=$(cd "$(dirname "$0")/../.." && pwd)
work=$(mktemp -d)
node_pid=''
finish() {
  [ -z "$node_pid" ] || kill "$node_pid" 2> /dev/null || true
  rm -rf "$work"
}
trap finish EXIT
trap 'exit 130' INT TERM

# A pipeline of $2 fragments that run $3, in the folder $1.
pipeline() {
  mkdir -p "$work/$1"
  cat > "$work/$1/pipeline.yaml" << YAML
version: 1
name: $1
image: golem/alpine:latest
split: { range: { from: 0, to: $2, step: 1, as: [first, size] } }
run: |
  $3
merge: concat
output: result
budget: 100 GLM
YAML
}

# Wall and CPU time of "$@", appended to the file $1.times.
timed() {
  name=$1
  shift
  env time -a -o "$work/$name.times" -f '%e %U %S' "$@" > "$work/log" 2>&1 || {
    cat "$work/log" >&2
    exit 1
  }
}

local_run() {
  rm -rf "$work/$1/.golem-pipeline"
  timed "$1" "$root/golem-pipeline" run "$work/$1/pipeline.yaml" --workers "$2" --overwrite
  [ "$(wc -l < "$work/$1/result")" -eq $((10 * $2)) ]
}

# The most threads and descriptors of process $1 while it lives.
watch() {
  threads=0 files=0
  while kill -0 "$1" 2> /dev/null; do
    while read -r key value; do
      [ "$key" != Threads: ] || [ "$value" -le "$threads" ] || threads=$value
    done < "/proc/$1/status" || break
    set -- "$1" "/proc/$1/fd/"*
    [ $# -le "$files" ] || files=$#
    set -- "$1"
    sleep 0.2
  done 2> /dev/null
  echo "$threads $files"
}

client_run() {
  rm -rf "$work/$1/.golem-pipeline"
  env time -o "$work/$1.time" -f '%e %U %S' "$root/golem-pipeline" run "$work/$1/pipeline.yaml" \
    --on golem --workers "$2" --overwrite > "$work/log" 2>&1 &
  running=$!
  client=''
  until [ -n "$client" ]; do
    client=$(ps -o pid= --ppid "$running" | tr -d ' ')
    sleep 0.05
  done
  watch "$client" > "$work/most"
  wait "$running" || { cat "$work/log" >&2; exit 1; }
  echo "$(cat "$work/$1.time") $(cat "$work/most")" >> "$work/$1.times"
}

median() {
  awk -v f="$2" '{ print f == "cpu" ? $2 + $3 : $f }' "$work/$1.times" | sort -n |
    awk '{ t[NR] = $1 } END { print t[int((NR + 1) / 2)] }'
}

pipeline few 200 'sleep 1; echo "$first" > "$out"'
pipeline many $((10 * workers)) 'sleep 1; echo "$first" > "$out"'
pipeline client-few 20 'echo "$first" > "$out"'
pipeline client-many "$rentals" 'echo "$first" > "$out"'
"$root/golem-pipeline" check "$work/few/pipeline.yaml" > /dev/null

"$root/golem-pipeline" node --providers "$rentals" > "$work/node.log" 2> "$work/node.err" &
node_pid=$!
tries=0
until grep -q YAGNA_APPKEY "$work/node.log"; do
  tries=$((tries + 1))
  [ "$tries" -lt 200 ] || { cat "$work/node.err" >&2; exit 1; }
  sleep 0.1
done
. "$work/node.log"
GOLEM_REGISTRY_URL=$YAGNA_API_URL
export YAGNA_API_URL YAGNA_APPKEY GOLEM_REGISTRY_URL

round=0
while [ "$round" -lt "$rounds" ]; do
  if [ "$workers" -gt 0 ]; then
    local_run few 20
    local_run many "$workers"
    timed xargs sh -c "seq $((10 * workers)) | xargs -P$workers -I{} sh -c 'sleep 1; echo \$1' sh {}"
  fi
  client_run client-few 20
  client_run client-many "$rentals"
  round=$((round + 1))
done

line() {
  awk -v what="$1" -v n="$2" -v wall="$(median "$3" 1)" -v cpu="$(median "$3" cpu)" -v peer="$4" 'BEGIN {
    printf "%-28s %7.2f s, %7.1f ms of CPU a fragment", what, wall, cpu * 1000 / n
    if (peer) printf ", %5.2f x xargs", wall / peer
    print ""
  }'
}
if [ "$workers" -gt 0 ]; then
  line "20 workers" 200 few ''
  line "$workers workers" $((10 * workers)) many "$(median xargs 1)"
  line "xargs -P$workers" $((10 * workers)) xargs ''
fi
for each in few many; do
  n=20
  [ "$each" = few ] || n=$rentals
  line "client alone, $n rentals" "$n" "client-$each" ''
  printf '%-28s %7d threads, %7d descriptors at most\n' '' \
    "$(median "client-$each" 4)" "$(median "client-$each" 5)"
done
