#!/bin/sh
# What a second run costs that has nothing to do: N small files (default 10000) are counted once,
# then again R times (default 5) without a change, by golem-pipeline and by `make`; and by
# Snakemake, if it is installed, for a tenth of the files, since its first run takes long. Prints
# medians and ratios. Works in a folder of its own that it removes; needs make.
set -eu

count=${1:-10000}
rounds=${2:-5}
root=$(cd "$(dirname "$0")/../.." && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT INT TERM

# N files in the folder $1/in.
inputs() {
  mkdir -p "$1/in"
  awk -v n="$2" -v dir="$1/in" 'BEGIN {
    for (i = 0; i < n; i++) {
      file = sprintf("%s/%06d.txt", dir, i)
      for (line = 0; line <= i % 7; line++) print "line", line, "of", i > file
      close(file)
    }
  }'
}

inputs "$work" "$count"
cat > "$work/pipeline.yaml" <<'YAML'
version: 1
name: again
input: in/*.txt
run: wc -l < "$in" > "$out"
merge: concat
output: counts.txt
YAML
{
  printf 'outputs := $(patsubst in/%%,out/%%,$(wildcard in/*.txt))\n'
  printf 'counts-make.txt: $(outputs)\n\t@find out -type f | sort | xargs cat > $@\n'
  printf 'out/%%: in/%%\n\t@wc -l < $< > $@\n'
} > "$work/Makefile"
mkdir "$work/out"

few=$((count / 10))
inputs "$work/snake" "$few"
cat > "$work/snake/Snakefile" <<'SNAKE'
names, = glob_wildcards("in/{name}.txt")
rule all:
    input: expand("out/{name}.txt", name=names)
rule count:
    input: "in/{name}.txt"
    output: "out/{name}.txt"
    shell: "wc -l < {input} > {output}"
SNAKE

now() { date +%s%N; }

# Runs "$@" and appends its wall time in nanoseconds to the file $name.
timed() {
  name=$1
  shift
  begin=$(now)
  "$@" > "$work/log" 2>&1 || { cat "$work/log" >&2; exit 1; }
  end=$(now)
  echo $((end - begin)) >> "$work/$name.times"
}

by_golem_pipeline() { "$root/golem-pipeline" run "$work/pipeline.yaml" --workers 2; }
by_make() { make -s -j2 -C "$work" counts-make.txt; }
by_snakemake() { snakemake -q --cores 2 -s "$work/snake/Snakefile" -d "$work/snake"; }

timed first-golem-pipeline by_golem_pipeline
timed first-make by_make
cmp "$work/counts.txt" "$work/counts-make.txt"
snakemake=''
if command -v snakemake > /dev/null; then
  snakemake=yes
  timed first-snakemake by_snakemake
fi
# A file that was changed a moment ago could change again without a difference to be seen.
sleep 3
round=0
while [ "$round" -lt "$rounds" ]; do
  timed golem-pipeline by_golem_pipeline
  grep -q reused "$work/log"
  timed make by_make
  [ -z "$snakemake" ] || timed snakemake by_snakemake
  round=$((round + 1))
done

median() { sort -n "$work/$1.times" | awk '{ t[NR] = $1 } END { print t[int((NR + 1) / 2)] }'; }

ours=$(median golem-pipeline)
line() {
  awk -v name="$1" -v n="$2" -v first="$(median "first-$1")" -v t="$(median "$1")" -v ours="$ours" \
    'BEGIN {
      printf "%-15s %7d fragments: first run %8.2f s, nothing to do %6.2f s, %5.2f x golem-pipeline\n",
        name, n, first / 1e9, t / 1e9, t / ours
    }'
}
line golem-pipeline "$count"
line make "$count"
[ -z "$snakemake" ] || line snakemake "$few"
