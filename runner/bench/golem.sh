#!/bin/sh
# What the real network costs: N fragments (default 1000) and M megabytes (default 50) there and
# back, through released yagna daemons and two `golem-pipeline provide` on this machine, beside the
# embedded node with two providers; and a twentieth of N tasks with `@golem-sdk/task-executor` on the
# same daemons. Each measurement ends after a minute, whatever it has come to. Installs the daemon
# with runner/lab/golem-node, and the SDK by npm if there is one. Three minutes at the most.
set -eu

count=${1:-1000}
megabytes=${2:-50}
tasks=$((count / 20))
version=2.0.1
root=$(cd "$(dirname "$0")/../.." && pwd)
work=$(mktemp -d)
lab_pid=''
finish() {
  if [ -n "$lab_pid" ]; then
    kill "$lab_pid" 2> /dev/null || true
    wait "$lab_pid" 2> /dev/null || true
  fi
  rm -rf "$work"
}
trap finish EXIT
trap 'exit 130' INT TERM

GOLEM_NODE=$("$root/runner/lab/golem-node")
export GOLEM_NODE
"$root/golem-pipeline" --version > /dev/null
(cd "$root" && mvn -q -B -Dquick -Dmaven.test.skip -pl runner/lab -am compile) > "$work/build.log" 2>&1 \
  || { cat "$work/build.log" >&2; exit 1; }
product=$(ls "$root"/runner/cli/target/app/golem-pipeline-cli-*.jar)

java -XX:TieredStopAtLevel=1 -Dgolem-pipeline.jar="$product" \
  -cp "$root/runner/lab/target/classes:$product" org.golempipeline.lab.Lab "$work/lab" 2 \
  > "$work/network" 2> "$work/lab.err" &
lab_pid=$!
tries=0
until grep -q YAGNA_API_URL "$work/network"; do
  tries=$((tries + 1))
  if [ "$tries" -gt 600 ] || ! kill -0 "$lab_pid" 2> /dev/null; then
    echo "the daemons do not start:" >&2
    cat "$work/lab.err" >&2
    exit 1
  fi
  sleep 0.1
done
while IFS='=' read -r name value; do export "$name=$value"; done < "$work/network"
PAYMENT_NETWORK=hoodi
export PAYMENT_NETWORK

mkdir "$work/few" "$work/many" "$work/bytes" "$work/sdk"
pipeline() {
  cat > "$work/$1/pipeline.yaml" <<YAML
version: 1
name: $1
image: golem/alpine:latest
$2
merge: concat
output: result
budget: 1 GLM
workers: 2
YAML
}
numbers='split: { range: { to: %d, as: number } }\nrun: echo "$number" > "$out"'
pipeline few "$(printf "$numbers" "$tasks")"
pipeline many "$(printf "$numbers" "$count")"
pipeline bytes "$(printf 'input: bytes\nsplit: { bytes: %dMB }\nrun: cat "$in" > "$out"' \
  $((megabytes / 10 + 1)))"
head -c "$((megabytes * 1000000))" /dev/urandom > "$work/bytes/bytes"

# Runs "$@" for a minute at most, and leaves in `took` the nanoseconds that it took.
timed() {
  begin=$(date +%s%N)
  timeout 60 "$@" > "$work/log" 2>&1 || {
    echo "did not succeed within a minute: $*" >&2
    tail -5 "$work/log" >&2
    exit 1
  }
  took=$(($(date +%s%N) - begin))
}

run() {
  echo "measuring: $2 on $1" >&2
  timed "$root/golem-pipeline" run "$work/$2/pipeline.yaml" --on "$1" --workers 2 --fresh
}

"$root/golem-pipeline" check "$work/few/pipeline.yaml" > /dev/null
for place in local golem; do
  for each in few many bytes; do
    run "$place" "$each"
    eval "${place}_$each=$took"
  done
  cmp "$work/bytes/bytes" "$work/bytes/result"
  [ "$(wc -l < "$work/many/result")" -eq "$count" ]
done

sdk=0
if command -v npm > /dev/null; then
  cp "$root/runner/bench/task-executor.cjs" "$work/sdk/run.cjs"
  cd "$work/sdk"
  if npm init -y > /dev/null && timeout 60 npm install --silent --no-fund --no-audit \
    "@golem-sdk/task-executor@$version" > /dev/null 2>&1; then
    mkdir in
    for number in $(seq "$tasks"); do echo "$number" > "in/$number"; done
    timed node run.cjs in counts
    sdk=$took
  fi
fi

awk -v n="$count" -v m="$tasks" -v mb="$megabytes" -v sdk="$sdk" \
  -v local_few="$local_few" -v local_many="$local_many" -v local_bytes="$local_bytes" \
  -v golem_few="$golem_few" -v golem_many="$golem_many" -v golem_bytes="$golem_bytes" '
  function line(name, few, many, bytes) {
    printf "%-14s %5d fragments %6.2f s, %6d fragments %6.2f s, each further %6.3f ms; %d MB there and back %6.2f s, %.1f MB/s\n",
      name, m, few / 1e9, n, many / 1e9, (many - few) / 1e6 / (n - m), mb, bytes / 1e9, 2 * mb * 1e9 / bytes
  }
  BEGIN {
    line("embedded node", local_few, local_many, local_bytes)
    line("daemons", golem_few, golem_many, golem_bytes)
    printf "%-14s embedded node = 1: %d fragments %.2f, %d fragments %.2f, %d MB %.2f\n",
      "daemons", m, golem_few / local_few, n, golem_many / local_many, mb, golem_bytes / local_bytes
    if (sdk > 0) {
      printf "%-14s %5d tasks     %6.2f s\n", "task-executor", m, sdk / 1e9
      printf "%-14s daemons = 1: %d tasks %.2f\n", "task-executor", m, sdk / golem_few
    } else {
      print "task-executor  left out: npm could not install it"
    }
  }'
