#!/bin/sh
# What moving a large file costs: MIB MiB (default 1024) go to a provider on this machine and come back
# as they are, beside `cp` twice with `sync`. R rounds (default 3). Prints medians, ratios and memory.
# Works in a folder of its own that it removes; needs GNU time.
set -eu

mib=${1:-1024}
rounds=${2:-3}
root=$(cd "$(dirname "$0")/../.." && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT INT TERM

head -c "$((mib * 1048576))" /dev/urandom > "$work/in.bin"
cat > "$work/pipeline.yaml" <<'YAML'
version: 1
name: large
input: in.bin
run: cp "$in" "$out"
output: out.bin
YAML

# Appends wall time, CPU time and memory of "$@" to the file $name.
timed() {
  name=$1
  shift
  env time -a -o "$work/$name.times" -f '%e %U %S %M' "$@" > "$work/log" 2>&1 || { cat "$work/log" >&2; exit 1; }
}

"$root/golem-pipeline" --version > /dev/null
round=0
while [ "$round" -lt "$rounds" ]; do
  timed golem-pipeline "$root/golem-pipeline" run "$work/pipeline.yaml" --fresh --workers 1
  cmp "$work/in.bin" "$work/out.bin"
  rm -rf "$work/out.bin" "$work/.golem-pipeline"
  timed cp sh -c 'cp "$1/in.bin" "$1/a.bin"; cp "$1/a.bin" "$1/b.bin"; sync' sh "$work"
  rm "$work/a.bin" "$work/b.bin"
  round=$((round + 1))
done

median() { awk -v c="$2" '{ print c == 2 ? $2 + $3 : $c }' "$work/$1.times" | sort -n | awk '{ t[NR] = $1 } END { print t[int((NR + 1) / 2)] }'; }

for each in golem-pipeline cp; do
  awk -v name="$each" -v wall="$(median "$each" 1)" -v cpu="$(median "$each" 2)" \
    -v memory="$(median "$each" 4)" -v cp="$(median cp 1)" 'BEGIN {
      printf "%-15s %7.2f s, %6.2f s of CPU, %5.2f x cp, %d MiB\n", name, wall, cpu, wall / cp, memory / 1024
    }'
done
