#!/bin/sh
# What a fragment costs beside `@golem-sdk/task-executor`, both on the embedded node: N short tasks
# (default 2000) of `wc -l` with two providers. The SDK is installed by npm into a folder of its own
# that is removed in the end; needs node and npm, and a registry.
set -eu

count=${1:-2000}
version=2.0.1
root=$(cd "$(dirname "$0")/../.." && pwd)
work=$(mktemp -d)
node_pid=''
trap '[ -z "$node_pid" ] || kill "$node_pid" 2>/dev/null || true; rm -rf "$work"' EXIT INT TERM

mkdir "$work/in" "$work/sdk"
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

(cd "$work/sdk" && npm init -y > /dev/null && npm install --silent --no-fund --no-audit \
  "@golem-sdk/task-executor@$version" > /dev/null)
cat > "$work/sdk/run.cjs" <<'JS'
const { TaskExecutor } = require("@golem-sdk/task-executor");
const fs = require("fs");
const path = require("path");
const [folder, result] = process.argv.slice(2);
(async () => {
  const executor = await TaskExecutor.create({
    demand: { workload: { imageHash: "0".repeat(56) } },
    market: { rentHours: 1, pricing: { model: "linear", maxStartPrice: 1, maxCpuPerHourPrice: 1, maxEnvPerHourPrice: 1 } },
    task: { maxParallelTasks: 2, taskTimeout: 60000 },
  });
  const names = fs.readdirSync(folder).sort();
  const begin = process.hrtime.bigint();
  const counts = await Promise.all(
    names.map((name) =>
      executor.run(async (exe) => {
        const results = await exe
          .beginBatch()
          .uploadFile(path.join(folder, name), "/golem/work/" + name)
          .run(`wc -l < ${name}`)
          .end();
        return String(results[1].stdout);
      }),
    ),
  );
  console.log(Number(process.hrtime.bigint() - begin));
  fs.writeFileSync(result, counts.join(""));
  await executor.shutdown();
  process.exit(0);
})().catch((error) => {
  console.error(error);
  process.exit(1);
});
JS

now() { date +%s%N; }

"$root/golem-pipeline" check "$work/pipeline.yaml" > /dev/null
begin=$(now)
"$root/golem-pipeline" run "$work/pipeline.yaml" --workers 2 > "$work/log" 2>&1 || { cat "$work/log" >&2; exit 1; }
ours=$(($(now) - begin))

: > "$work/node.log"
"$root/golem-pipeline" node > "$work/node.log" 2> "$work/node.err" &
node_pid=$!
tries=0
until grep -q YAGNA_APPKEY "$work/node.log"; do
  tries=$((tries + 1))
  [ "$tries" -lt 100 ] || { cat "$work/node.log" >&2; exit 1; }
  sleep 0.1
done
. "$work/node.log"
GOLEM_REGISTRY_URL=$YAGNA_API_URL
export YAGNA_API_URL YAGNA_APPKEY GOLEM_REGISTRY_URL
(cd "$work/sdk" && node run.cjs "$work/in" "$work/counts-sdk.txt") > "$work/sdk.log" 2>&1 || { cat "$work/sdk.log" >&2; exit 1; }
theirs=$(grep -E '^[0-9]+$' "$work/sdk.log" | tail -1)
cmp "$work/counts.txt" "$work/counts-sdk.txt"

awk -v n="$count" -v ours="$ours" -v theirs="$theirs" 'BEGIN {
  printf "golem-pipeline %8.3f ms a fragment, start and end of the program included\n", ours / 1e6 / n
  printf "task-executor  %8.3f ms a fragment, its start not included, %.1f x golem-pipeline\n", theirs / 1e6 / n, theirs / ours
}'
