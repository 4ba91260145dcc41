#!/bin/sh
# How long `check` of a 60-line file takes, wall time: through the launcher, with its class-data
# archive; with the same flags without the archive; and on a bare JVM. Median of R rounds (default 11).
set -eu

rounds=${1:-11}
root=$(cd "$(dirname "$0")/../.." && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT INT TERM

{
  cat <<'YAML'
version: 1
name: sixty-lines
description: A file of sixty lines, as long as pipelines tend to be.
params:
  first: 1
  second: { type: integer, default: 3, minimum: 1, maximum: 9 }
  word: { type: string, default: hello, pattern: "^[a-z]+$" }
stages:
YAML
  for stage in a b c d e f; do
    cat <<YAML
  stage_$stage:
    split: { range: { from: 0, to: 100, step: 10, as: [first_$stage, size_$stage] } }
    resources: { threads: 2, memory: 1GiB }
    retry: { attempts: 3, backoff: 5s }
    timeout: { run: 10m }
    run: |
      echo "\$first_$stage \$size_$stage \$word" > "\$out"
    merge: concat
YAML
    echo "    output: out/$stage.txt"
  done
} > "$work/pipeline.yaml"
printf '%s lines\n' "$(wc -l < "$work/pipeline.yaml")"

classpath="$root/runner/cli/target/golem-pipeline-cli-0.1.0.jar:$root/runner/cli/target/app/lib/*"
main=org.golempipeline.cli.Main
"$root/golem-pipeline" check "$work/pipeline.yaml"

sample() {
  name=$1
  shift
  i=0
  while [ "$i" -lt "$rounds" ]; do
    begin=$(date +%s%N)
    "$@" check "$work/pipeline.yaml" > /dev/null
    end=$(date +%s%N)
    echo $(((end - begin) / 1000)) >> "$work/$name.times"
    i=$((i + 1))
  done
  sort -n "$work/$name.times" | awk -v name="$name" '{ t[NR] = $1 } END {
    printf "%-28s %7.1f ms (best %.1f)\n", name, t[int((NR + 1) / 2)] / 1000, t[1] / 1000
  }'
}

sample launcher "$root/golem-pipeline"
sample without-class-data-archive java -XX:TieredStopAtLevel=1 -XX:+UseSerialGC -cp "$classpath" $main
sample bare-java java -cp "$classpath" $main
