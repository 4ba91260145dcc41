#!/bin/bash
# Three jobs with GNU parallel, Snakemake and golem-pipeline, as docs/compare.md has them: the scripts are taken out of
# that page. Each is run in a folder of its own, then again with nothing to do, R times (default 3) in turn, and all must
# come to the same result. Prints medians of wall and processor time, and ratios to golem-pipeline. The text for the words
# is that of pipelines/word-count, C times (default 10). Works in a folder of its own that it removes. Needs GNU time,
# `parallel` and `snakemake`, which is left out if it is not there.
set -euo pipefail

rounds=${1:-3}
copies=${2:-10}
root=$(cd "$(dirname "$0")/../.." && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# What stands in the page behind a line that ends with `NAME`: or `NAME`, and the like.
mkdir "$work/scripts"
awk -v to="$work/scripts" '
  inside && /^```$/ { inside = 0; close(file); next }
  inside { print > file; next }
  /^```/ { if (name != "") { file = to "/" name; inside = 1; name = "" }; next }
  match($0, /`[a-z]+\.[a-z]+`/) { name = substr($0, RSTART + 1, RLENGTH - 2) }' "$root/docs/compare.md"

declare -A result=([words]=result/counts.tsv [sweep]=result/peaks.csv [search]=result/found.txt)
tools=(golem-pipeline parallel)
! command -v snakemake > /dev/null || tools+=(snakemake)

# Runs JOB with TOOL in the current folder, and appends wall and processor time to the file MEASURED.
run() {
  local job=$1 tool=$2 measured=$3
  case $tool in
    golem-pipeline) set -- "$root/golem-pipeline" run "$job.yaml" --workers 2 ;;
    parallel) set -- bash "$job.parallel" ;;
    snakemake) set -- snakemake --quiet all --cores 2 --snakefile "$job.smk" ;;
  esac
  command time -f '%e %U %S' -o "$work/time" "$@" > "$work/said" 2>&1 || { cat "$work/said" >&2; exit 1; }
  awk '{ print $1, $2 + $3 }' "$work/time" >> "$work/$measured"
}

"$root/golem-pipeline" --version > /dev/null # builds it, if that is still to be done
for ((round = 0; round < rounds; round++)); do
  for job in words sweep search; do
    for tool in "${tools[@]}"; do
      folder=$work/$job-$tool
      rm -rf "$folder"
      mkdir -p "$folder/input"
      cp "$work/scripts/"* "$folder"
      if [[ $job == words ]]; then
        for ((copy = 0; copy < copies; copy++)); do
          for text in "$root"/pipelines/word-count/input/*.txt; do cp "$text" "$folder/input/$copy-${text##*/}"; done
        done
      fi
      cd "$folder"
      run "$job" "$tool" "$job-$tool-first"
      cmp "${result[$job]}" "$work/$job-${tools[0]}/${result[$job]}"
      run "$job" "$tool" "$job-$tool-again"
      cmp "${result[$job]}" "$work/$job-${tools[0]}/${result[$job]}"
    done
  done
done

# median MEASURED COLUMN
median() { cut -d ' ' -f "$2" "$work/$1" | sort -n | awk '{ t[NR] = $1 } END { print t[int((NR + 1) / 2)] }'; }

printf '%-8s %-15s %6s  %-32s %s\n' job tool lines 'first run: s, CPU s, ratios' 'again: s, CPU s, ratios'
for job in words sweep search; do
  for tool in "${tools[@]}"; do
    script=$job.${tool/golem-pipeline/yaml}
    script=${script/snakemake/smk}
    printf '%-8s %-15s %6d' "$job" "$tool" "$(grep -c . "$work/scripts/$script")"
    for when in first again; do
      awk -v s="$(median "$job-$tool-$when" 1)" -v cpu="$(median "$job-$tool-$when" 2)" \
        -v ours="$(median "$job-${tools[0]}-$when" 1)" -v our_cpu="$(median "$job-${tools[0]}-$when" 2)" \
        'BEGIN { printf "  %7.2f %7.2f %6.2fx %6.2fx", s, cpu, s / ours, cpu / our_cpu }'
    done
    echo
  done
done
