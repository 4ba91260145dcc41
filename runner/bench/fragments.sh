#!/bin/sh
# What a fragment costs: `wc -l < "$in" > "$out"` on N small files (default 10000) with two workers,
# by golem-pipeline, `xargs -P2`, GNU parallel and `make -j2`, one after the other, R rounds
# (default 3). golem-pipeline keeps every result for later runs, as make does; the others do not.
# Prints medians, milliseconds per fragment, and ratios to golem-pipeline. Works in a folder of its
# own that it removes; needs xargs, parallel and make.
set -eu

count=${1:-10000}
rounds=${2:-3}
root=$(cd "$(dirname "$0")/../.." && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT INT TERM

mkdir "$work/in"
awk -v n="$count" -v dir="$work/in" 'BEGIN {
  for (i = 0; i < n; i++) {
    file = sprintf("%s/%06d.txt", dir, i)
    for (line = 0; line <= i % 7; line++) print "line", line, "of", i > file
    close(file)
  }
}'
cat > "$work/pipeline.yaml" <<'YAML'
version: 1
name: bench
input: in/*.txt
run: wc -l < "$in" > "$out"
merge: concat
output: counts.txt
YAML

now() { date +%s%N; }

# Runs "$@" in the work folder and appends its wall time in nanoseconds to the file $name.
timed() {
  name=$1
  shift
  begin=$(now)
  (cd "$work" && "$@") > "$work/log" 2>&1 || { cat "$work/log" >&2; exit 1; }
  end=$(now)
  echo $((end - begin)) >> "$work/$name.times"
}

by_xargs() {
  mkdir out-xargs
  (cd in && ls) | xargs -P2 -I{} sh -c 'wc -l < "in/$1" > "out-xargs/$1"' sh {}
  cat out-xargs/* > counts-xargs.txt
  rm -rf out-xargs
}

by_parallel() {
  mkdir out-parallel
  (cd in && ls) | parallel -j2 'wc -l < in/{} > out-parallel/{}'
  cat out-parallel/* > counts-parallel.txt
  rm -rf out-parallel
}

by_make() {
  mkdir out-make
  printf 'all: $(patsubst in/%%,out-make/%%,$(wildcard in/*.txt))\n' > Makefile
  printf 'out-make/%%: in/%%\n\t@wc -l < $< > $@\n' >> Makefile
  make -s -j2 all
  cat out-make/* > counts-make.txt
  rm -rf out-make
}

by_golem_pipeline() {
  rm -rf .golem-pipeline
  "$root/golem-pipeline" run pipeline.yaml --workers 2 --overwrite
}

"$root/golem-pipeline" check "$work/pipeline.yaml" > /dev/null
round=0
while [ "$round" -lt "$rounds" ]; do
  timed golem-pipeline by_golem_pipeline
  timed xargs by_xargs
  timed parallel by_parallel
  timed make by_make
  cmp "$work/counts.txt" "$work/counts-make.txt"
  cmp "$work/counts.txt" "$work/counts-xargs.txt"
  cmp "$work/counts.txt" "$work/counts-parallel.txt"
  round=$((round + 1))
done

median() { sort -n "$work/$1.times" | awk '{ t[NR] = $1 } END { print t[int((NR + 1) / 2)] }'; }

ours=$(median golem-pipeline)
for name in golem-pipeline xargs parallel make; do
  awk -v name="$name" -v t="$(median $name)" -v ours="$ours" -v n="$count" 'BEGIN {
    printf "%-15s %8.2f s %8.3f ms a fragment   %5.2f x golem-pipeline\n", name, t / 1e9, t / 1e6 / n, t / ours
  }'
done
