#!/bin/sh
# What splitting and merging cost beside the usual tools: a text of M MiB (default 2048) cut into
# sixteen by `lines`, its parts joined by `concat`, sorted parts by `sort`, also with the same forty
# bytes in front of all lines, and SHA-256 by the JDK; R rounds (default 3), one after the other. Each
# is a process of its own, the start of the JVM included; `concat`, which does little else, is also
# reported without it. Prints median wall and CPU time, peak memory, and ratios to golem-pipeline;
# results are compared. Works in a folder of its own that needs eight times the size of the text and
# is removed; needs GNU time, coreutils and openssl.
set -eu

size=${1:-2048}
rounds=${2:-3}
root=$(cd "$(dirname "$0")/../.." && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
trap 'exit 130' INT TERM
export LC_ALL=C

(cd "$root" && mvn -q -B -DskipTests -Dspotless.check.skip=true -pl plugins/standard -am package)
mkdir "$work/classes" # of its own, so that nothing changes when somebody builds meanwhile
for module in api standard; do
  cp -r "$root/plugins/$module/target/classes/." "$root/plugins/$module/target/test-classes/." "$work/classes"
done

cd "$work"
# With the launcher's flags; GNU time measures programs, not functions.
cat > golem-pipeline <<SH
#!/bin/sh
exec java -Xshare:auto -XX:+UseSerialGC -XX:-UsePerfData -Xmx512m -cp "$work/classes" \
  org.golempipeline.standard.StrategyBench "\$@"
SH
chmod +x golem-pipeline

# Lines of 64 bytes on average, the shortest empty, the longest some hundreds; the same each time.
mkdir parts sorted alike
zero=00000000000000000000000000000000
head -c "$((size * 1048576 / 4 * 3))" /dev/zero | openssl enc -aes-128-ctr -K $zero -iv $zero \
  | base64 -w 0 | tr A '\n' > text
split -n l/16 text parts/
for part in parts/*; do
  sort "$part" > "sorted/${part#*/}"
  # As in a log, whose lines begin alike.
  sed 's/^/2026-11-24T10:00:00 level=info host=node-/' "sorted/${part#*/}" > "alike/${part#*/}"
done
lines=$(wc -l < text)
printf '%s MiB, %s lines, %s rounds\n' "$size" "$lines" "$rounds"

# Runs a program and appends wall, user and system seconds and peak KiB to the file $name. What was
# written before goes to the disk first, so that nobody waits for somebody else's writes.
timed() {
  name=$1
  shift
  sync
  /usr/bin/time -a -o "$name.times" -f '%e %U %S %M' "$@" > answer
}

is() { [ "$(cat answer)" = "$1" ] || { printf 'not %s: %s\n' "$1" "$(cat answer)" >&2; exit 1; }; }

round=0
while [ "$round" -lt "$rounds" ]; do
  timed start ./golem-pipeline start

  timed lines ./golem-pipeline split lines "$((lines / 16 + 1))" folder text
  is 16
  timed lines-stable ./golem-pipeline split lines \
    "{\"every\": $((lines / 16 + 1)), \"stable\": true}" folder text
  timed lines-into ./golem-pipeline split lines '{"into": 16}' folder text
  is 16
  rm -r folder
  mkdir copies
  timed split-l split -l "$((lines / 16 + 1))" text copies/
  rm -r copies
  mkdir copies
  timed split-n split -n l/16 text copies/
  rm -r copies
  timed wc wc -l text

  # Neither is to pay for what others left to be written.
  sync
  timed concat ./golem-pipeline merge concat null folder parts/*
  cmp folder/result/target text
  rm -r folder
  sync
  timed cat sh -c 'exec cat parts/* > joined'
  rm joined

  timed sort ./golem-pipeline merge sort null folder sorted/*
  timed sort-m sort -m -o joined sorted/*
  cmp folder/result/target joined
  rm -r folder joined

  timed sort-alike ./golem-pipeline merge sort null folder alike/*
  timed sort-m-alike sort -m -o joined alike/*
  cmp folder/result/target joined
  rm -r folder joined

  timed sha256 ./golem-pipeline sha256 text
  digest=$(cat answer)
  timed openssl openssl dgst -sha256 -r text
  is "$digest *text"
  round=$((round + 1))
done

# The median of wall and of CPU time and the most memory of $1.
figures() {
  for figure in '$1' '$2 + $3'; do
    awk "{ print $figure }" "$1.times" | sort -n | awk '{ t[NR] = $1 } END { print t[int((NR + 1) / 2)] }'
  done
  awk '$4 > most { most = $4 } END { print most / 1024 }' "$1.times"
}

# A line for $2, with its ratios to $3 unless that is empty.
report() {
  # shellcheck disable=SC2046 # three numbers each
  set -- "$1" $(figures "$2") ${3:+$(figures "$3")}
  awk -v name="$1" -v wall="$2" -v cpu="$3" -v memory="$4" -v wall1="${5-}" -v cpu1="${6-}" 'BEGIN {
    printf "%-28s %7.2f s wall %7.2f s CPU %6.0f MiB", name, wall, cpu, memory
    if (wall1 != "") printf "   %5.2f x wall %5.2f x CPU", wall / (wall1 + 1e-9), cpu / (cpu1 + 1e-9)
    print ""
  }'
}

# The times of $1 less the median start of the JVM.
started() {
  # shellcheck disable=SC2046 # three numbers
  set -- "$1" $(figures start)
  awk -v wall="$2" -v cpu="$3" '{ print $1 - wall, $2 + $3 - cpu, 0, $4 }' "$1.times" > "$1-started.times"
}

started concat
report 'golem-pipeline, start' start ''
report 'golem-pipeline lines' lines ''
report 'split -l' split-l lines
report 'split -n l/16' split-n lines
report 'wc -l' wc lines
report 'golem-pipeline lines, stable' lines-stable ''
report 'split -l' split-l lines-stable
report 'golem-pipeline lines: into' lines-into ''
report 'split -n l/16' split-n lines-into
report 'golem-pipeline concat' concat ''
report 'cat' cat concat
report 'golem-pipeline concat only' concat-started ''
report 'cat' cat concat-started
report 'golem-pipeline sort' sort ''
report 'sort -m' sort-m sort
report 'golem-pipeline sort, alike' sort-alike ''
report 'sort -m, alike' sort-m-alike sort-alike
report 'golem-pipeline SHA-256' sha256 ''
report 'openssl dgst -sha256' openssl sha256
