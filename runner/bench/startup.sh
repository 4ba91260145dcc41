#!/bin/sh
# How long a start takes, beside `java -version`: `--version`, `check` of a file of seven lines and of one of
# sixty, a run of one fragment that copies a line, and the same run again, with nothing to do. All of them
# through the launcher, with its class-data archive; the long `check` with the same flags without the archive
# as well, and on a bare JVM. R rounds (default 11), in each of which everything starts once. Prints medians of
# wall and CPU time. Needs GNU time.
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

cat > "$work/small.yaml" <<'YAML'
version: 1
name: small
input: in/*.txt
split: files
run: cat "$in" > "$out"
merge: concat
output: copy.txt
YAML
mkdir "$work/in"

classpath="$root/runner/cli/target/app/golem-pipeline-cli-0.1.0.jar:$root/runner/cli/target/app/lib/*"
main=org.golempipeline.cli.Main
"$root/golem-pipeline" check "$work/pipeline.yaml"

# Appends wall and CPU time of "$@" to the file $name.
sample() {
  name=$1
  shift
  env time -a -o "$work/$name.times" -f '%e %U %S' "$@" > /dev/null 2> /dev/null
}

i=0
while [ "$i" -lt "$rounds" ]; do
  sample java-version java -XX:TieredStopAtLevel=1 -XX:+UseSerialGC -version
  sample version "$root/golem-pipeline" --version
  sample check-small "$root/golem-pipeline" check "$work/small.yaml"
  sample check "$root/golem-pipeline" check "$work/pipeline.yaml"
  echo "$i" > "$work/in/line.txt"
  sample one-fragment "$root/golem-pipeline" run "$work/small.yaml"
  cmp "$work/in/line.txt" "$work/copy.txt"
  sample nothing-to-do "$root/golem-pipeline" run "$work/small.yaml"
  sample check-without-archive java -XX:TieredStopAtLevel=1 -XX:+UseSerialGC -cp "$classpath" $main \
    check "$work/pipeline.yaml"
  sample check-bare-java java -cp "$classpath" $main check "$work/pipeline.yaml"
  i=$((i + 1))
done

median() { awk -v c="$2" '{ print c == 2 ? $2 + $3 : $1 }' "$work/$1.times" | sort -n | awk '{ t[NR] = $1 } END { print t[int((NR + 1) / 2)] }'; }

for each in java-version version check-small check one-fragment nothing-to-do check-without-archive check-bare-java; do
  awk -v name="$each" -v wall="$(median "$each" 1)" -v cpu="$(median "$each" 2)" \
    -v java="$(median java-version 2)" 'BEGIN {
      printf "%-22s %5.2f s, %5.2f s of CPU, %5.2f x java -version\n", name, wall, cpu, cpu / java
    }'
done
