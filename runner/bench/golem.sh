#!/bin/sh
# What the released yagna daemon costs: N fragments of `wc -l` (default 1000) and M megabytes each
# way (default 100), by two providers of ours, through released daemons (runner/lab) and through the
# embedded node, beside `@golem-sdk/task-executor` on the same daemons. Prints fragments per second
# and MB per second of whole programs, ratios to golem-pipeline on released daemons. Works in a
# folder of its own that it removes; needs Maven, python3 with venv, node, npm, and registries.
set -eu

count=${1:-1000}
megabytes=${2:-100}
version=2.0.1
root=$(cd "$(dirname "$0")/../.." && pwd)
work=$(mktemp -d)
pids=''
# shellcheck disable=SC2086 # several
trap '[ -z "$pids" ] || { kill $pids 2>/dev/null || true; wait; }; rm -rf "$work"' EXIT INT TERM

GOLEM_NODE=$("$root/runner/lab/golem-node")
export GOLEM_NODE
(cd "$root" && mvn -q -B -Dquick -DskipTests -pl runner/lab -am package)

# Files of a few lines and of many bytes, and pipelines for them.
mkdir -p "$work/in" "$work/big"
awk -v n="$count" -v dir="$work/in" 'BEGIN {
  for (i = 0; i < n; i++) {
    file = sprintf("%s/%06d.txt", dir, i)
    for (line = 0; line <= i % 7; line++) print "line", line, "of", i > file
    close(file)
  }
}'
head -c "${megabytes}000000" /dev/urandom > "$work/big/bytes"
head -c 100 "$work/big/bytes" > "$work/image.gvmi"
cat > "$work/fragments.yaml" <<'YAML'
version: 1
name: fragments
image: golem/alpine:latest
input: in/*.txt
run: wc -l < "$in" > "$out"
merge: concat
output: counts.txt
budget: 1 GLM
workers: 2
YAML
cat > "$work/bytes.yaml" <<'YAML'
version: 1
name: bytes
image: golem/alpine:latest
input: big/bytes
split: { bytes: 10MB }
run: cat "$in" > "$out"
merge: concat
output: copied
budget: 1 GLM
workers: 2
YAML
mkdir "$work/sdk"
(cd "$work/sdk" && npm init -y > /dev/null && npm install --silent --no-fund --no-audit \
  "@golem-sdk/task-executor@$version" > /dev/null)
cat > "$work/sdk/run.cjs" <<'JS'
const { TaskExecutor } = require("@golem-sdk/task-executor");
const fs = require("fs");
const path = require("path");
const [what, from, to] = process.argv.slice(2);
(async () => {
  const executor = await TaskExecutor.create({
    demand: { workload: { imageTag: "golem/alpine:latest" } },
    market: { rentHours: 1, pricing: { model: "linear", maxStartPrice: 1, maxCpuPerHourPrice: 1, maxEnvPerHourPrice: 1 } },
    task: { maxParallelTasks: 2, taskTimeout: 600000 },
  });
  const names = fs.readdirSync(from).sort();
  const outputs = await Promise.all(
    names.map((name) =>
      executor.run(async (exe) => {
        const there = "/golem/work/" + name;
        const batch = exe.beginBatch().uploadFile(path.join(from, name), there);
        if (what === "count") return String((await batch.run(`wc -l < ${there}`).end())[1].stdout);
        const back = path.join(to, name);
        await batch.run(`cat ${there} > ${there}.out`).downloadFile(there + ".out", back).end();
        return "";
      }),
    ),
  );
  if (what === "count") fs.writeFileSync(to, outputs.join(""));
  await executor.shutdown();
  process.exit(0);
})().catch((error) => {
  console.error(error);
  process.exit(1);
});
JS

now() { date +%s%N; }

# Runs "$@" and leaves in `took` the nanoseconds that it took.
timed() {
  begin=$(now)
  "$@" > "$work/log" 2>&1 || { cat "$work/log" >&2; exit 1; }
  took=$(($(now) - begin))
}

# Starts "$@" and takes what it prints into the environment.
serve() {
  : > "$work/serve.log"
  "$@" > "$work/serve.log" 2> "$work/serve.err" &
  pids="$pids $!"
  tries=0
  until grep -q YAGNA_APPKEY "$work/serve.log"; do
    tries=$((tries + 1))
    [ "$tries" -lt 600 ] || { cat "$work/serve.err" >&2; exit 1; }
    sleep 0.1
  done
  sleep 0.2
  set -a
  # shellcheck disable=SC1091 # made above
  . "$work/serve.log"
  set +a
}

ours() {
  rm -rf "$work/.golem-pipeline"
  timed "$root/golem-pipeline" run "$work/fragments.yaml" --on golem --overwrite
  fragments=$took
  cp "$work/counts.txt" "$work/counts-ours.txt"
  timed "$root/golem-pipeline" run "$work/bytes.yaml" --on golem --overwrite
  bytes=$took
  cmp "$work/copied" "$work/big/bytes"
}

"$root/golem-pipeline" check "$work/fragments.yaml" > /dev/null

jar=$root/runner/cli/target/golem-pipeline-cli-0.1.0.jar
serve java -Dgolem-pipeline.jar="$jar" -cp "$root/runner/lab/target/classes:$jar" \
  org.golempipeline.lab.Lab "$work/lab" 2
ours
lab_fragments=$fragments lab_bytes=$bytes

mkdir "$work/parts" "$work/back"
split -b 10000000 "$work/big/bytes" "$work/parts/"
cd "$work/sdk"
timed node run.cjs count "$work/in" "$work/counts-sdk.txt"
sdk_fragments=$took
cmp "$work/counts-ours.txt" "$work/counts-sdk.txt"
timed node run.cjs copy "$work/parts" "$work/back"
sdk_bytes=$took
cat "$work/back"/* | cmp - "$work/big/bytes"

unset GOLEM_REGISTRY_URL
serve "$root/golem-pipeline" node --providers 2
export GOLEM_REGISTRY_URL="$YAGNA_API_URL"
ours

awk -v n="$count" -v m="$megabytes" -v lf="$lab_fragments" -v lb="$lab_bytes" -v sf="$sdk_fragments" \
  -v sb="$sdk_bytes" -v nf="$fragments" -v nb="$bytes" '
  function line(name, f, b) {
    printf "%-36s %8.1f fragments/s (%5.2f x)   %7.2f MB/s each way (%5.2f x)\n",
      name, n / f * 1e9, lf / f, m / b * 1e9, lb / b
  }
  BEGIN {
    line("golem-pipeline, released daemons", lf, lb)
    line("task-executor, released daemons", sf, sb)
    line("golem-pipeline, embedded node", nf, nb)
  }'
