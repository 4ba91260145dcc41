#!/bin/sh
# What a fragment costs inside an image, beside the same with this machine's own programs: N small
# files (default 2000) are counted by `wc -l < "$in" > "$out"` with two workers, by busybox both
# times, R rounds (default 3). The image is made here of a static busybox. Prints medians and the
# ratio. Works in a folder of its own that it removes; needs busybox-static and squashfs-tools.
set -eu

count=${1:-2000}
rounds=${2:-3}
root=$(cd "$(dirname "$0")/../.." && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT INT TERM
export XDG_CACHE_HOME="$work/cache"

mkdir -p "$work/in" "$work/rootfs/bin" "$work/rootfs/tmp"
cp "$(command -v busybox)" "$work/rootfs/bin/busybox"
for name in $("$work/rootfs/bin/busybox" --list); do
  [ "$name" = busybox ] || ln -s busybox "$work/rootfs/bin/$name"
done
tar -C "$work/rootfs" -cf "$work/busybox.tar" bin tmp
awk -v n="$count" -v dir="$work/in" 'BEGIN {
  for (i = 0; i < n; i++) {
    file = sprintf("%s/%06d.txt", dir, i)
    for (line = 0; line <= i % 7; line++) print "line", line, "of", i > file
    close(file)
  }
}'
cat > "$work/pipeline.yaml" <<'YAML'
version: 1
name: inside
image: { build: busybox.tar }
input: in/*.txt
run: busybox wc -l < "$in" > "$out"
merge: concat
output: counts.txt
YAML

# Runs with `--in $1` and appends its wall time in nanoseconds to a file.
timed() {
  rm -rf "$work/.golem-pipeline"
  begin=$(date +%s%N)
  "$root/golem-pipeline" run "$work/pipeline.yaml" --in "$1" --workers 2 --overwrite \
    > "$work/log" 2>&1 || { cat "$work/log" >&2; exit 1; }
  end=$(date +%s%N)
  echo $((end - begin)) >> "$work/$1.times"
  cp "$work/counts.txt" "$work/$1.counts"
}

timed image # unpacks it
rm "$work/image.times"
round=0
while [ "$round" -lt "$rounds" ]; do
  timed host
  timed image
  cmp "$work/host.counts" "$work/image.counts"
  round=$((round + 1))
done

median() { sort -n "$work/$1.times" | awk '{ t[NR] = $1 } END { print t[int((NR + 1) / 2)] }'; }

host=$(median host)
for name in host image; do
  awk -v name="$name" -v t="$(median $name)" -v host="$host" -v n="$count" 'BEGIN {
    printf "--in %-6s %7.2f s %7.3f ms a fragment   %5.2f x --in host\n", name, t / 1e9, t / 1e6 / n, t / host
  }'
done
