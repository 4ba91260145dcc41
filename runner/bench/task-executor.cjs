// What the scripts beside this do with task-executor: counts the lines of each file of a folder.
const { TaskExecutor } = require("@golem-sdk/task-executor");
const fs = require("fs");
const path = require("path");
const [folder, result] = process.argv.slice(2);
(async () => {
  const executor = await TaskExecutor.create({
    demand: { workload: { imageTag: "golem/alpine:latest" } },
    market: { rentHours: 1, pricing: { model: "linear", maxStartPrice: 1, maxCpuPerHourPrice: 1, maxEnvPerHourPrice: 1 } },
    task: { maxParallelTasks: 2, taskTimeout: 60000 },
  });
  const names = fs.readdirSync(folder).sort();
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
  fs.writeFileSync(result, counts.join(""));
  await executor.shutdown();
  process.exit(0);
})().catch((error) => {
  console.error(error);
  process.exit(1);
});
