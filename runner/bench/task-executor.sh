#!/bin/sh
# What a fragment costs beside `@golem-sdk/task-executor`, both on the embedded node: N short tasks
# (default 2000) of `wc -l` with two providers, and a tenth of them. Prints what whole programs take,
# and what each further task costs, which no start is part of. The SDK is installed by npm into a
# folder of its own that is removed in the end; needs node and npm, and a registry.
set -eu

count=${1:-2000}
few=$((count / 10))
version=2.0.1
root=$(cd "$(dirname "$0")/../.." && pwd)
work=$(mktemp -d)
node_pid=''
trap '[ -z "$node_pid" ] || kill "$node_pid" 2>/dev/null || true; rm -rf "$work"' EXIT INT TERM

# A pipeline and N files for it in the folder $1.
inputs() {
  mkdir -p "$1/in"
  awk -v n="$2" -v dir="$1/in" 'BEGIN {
    for (i = 0; i < n; i++) {
      file = sprintf("%s/%06d.txt", dir, i)
      for (line = 0; line <= i % 7; line++) print "line", line, "of", i > file
      close(file)
    }
  }'
  cat > "$1/pipeline.yaml" <<'YAML'
version: 1
name: bench
input: in/*.txt
run: wc -l < "$in" > "$out"
merge: concat
output: counts.txt
YAML
}

inputs "$work/many" "$count"
inputs "$work/few" "$few"
mkdir "$work/sdk"
(cd "$work/sdk" && npm init -y > /dev/null && npm install --silent --no-fund --no-audit \
  "@golem-sdk/task-executor@$version" > /dev/null)
cp "$root/runner/bench/task-executor.cjs" "$work/sdk/run.cjs"

now() { date +%s%N; }

# Runs "$@" and leaves in `took` the nanoseconds that it took.
timed() {
  begin=$(now)
  "$@" > "$work/log" 2>&1 || { cat "$work/log" >&2; exit 1; }
  took=$(($(now) - begin))
}

"$root/golem-pipeline" check "$work/few/pipeline.yaml" > /dev/null
timed "$root/golem-pipeline" run "$work/few/pipeline.yaml" --workers 2
our_few=$took
timed "$root/golem-pipeline" run "$work/many/pipeline.yaml" --workers 2
our_many=$took

: > "$work/node.log"
"$root/golem-pipeline" node > "$work/node.log" 2> "$work/node.err" &
node_pid=$!
tries=0
until grep -q YAGNA_APPKEY "$work/node.log"; do
  tries=$((tries + 1))
  [ "$tries" -lt 100 ] || { cat "$work/node.log" >&2; exit 1; }
  sleep 0.1
done
. "$work/node.log"
GOLEM_REGISTRY_URL=$YAGNA_API_URL
export YAGNA_API_URL YAGNA_APPKEY GOLEM_REGISTRY_URL
cd "$work/sdk"
timed node run.cjs "$work/few/in" "$work/few/counts-sdk.txt"
their_few=$took
timed node run.cjs "$work/many/in" "$work/many/counts-sdk.txt"
their_many=$took
for each in few many; do cmp "$work/$each/counts.txt" "$work/$each/counts-sdk.txt"; done

awk -v n="$count" -v m="$few" -v our_few="$our_few" -v our_many="$our_many" \
  -v their_few="$their_few" -v their_many="$their_many" '
  function line(name, few, many) {
    printf "%-14s %6d tasks %7.2f s, %7d tasks %7.2f s, each further task %7.3f ms\n",
      name, m, few / 1e9, n, many / 1e9, (many - few) / 1e6 / (n - m)
  }
  BEGIN {
    line("golem-pipeline", our_few, our_many)
    line("task-executor", their_few, their_many)
    printf "whole programs: %.1f and %.1f x golem-pipeline, each further task: %.1f x golem-pipeline\n",
      their_few / our_few, their_many / our_many, (their_many - their_few) / (our_many - our_few)
  }'
