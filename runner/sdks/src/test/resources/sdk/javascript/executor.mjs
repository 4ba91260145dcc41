// Squares on two machines, one of which vanishes: its task is done again by the other.
import { TaskExecutor } from "@golem-sdk/task-executor";
import { order } from "./order.mjs";

const executor = await TaskExecutor.create({
  ...order,
  task: { maxParallelTasks: 2, taskTimeout: 2500, taskRetryOnTimeout: true, maxTaskRetries: 30 },
});
try {
  const numbers = [1, 2, 3, 4, 5, 6];
  const squares = await Promise.all(
    numbers.map((number) =>
      executor.run(async (machine) => {
        const result = await machine.run(`echo $(( ${number} * ${number} ))`);
        return Number(result.stdout);
      }),
    ),
  );
  console.log(squares.join(" "));
  console.log(`retried ${executor.getStats().retries > 0}`);
} finally {
  await executor.shutdown();
}
// It would go on asking for what the vanished provider was to do.
process.exit();
