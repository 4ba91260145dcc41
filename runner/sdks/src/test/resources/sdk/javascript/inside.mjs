// Looks around on a machine, and writes and reads a file in a folder that files can be sent to.
import { createRequire } from "node:module";
import { connected, order } from "./order.mjs";

const { GolemNetwork } = createRequire(import.meta.url)("@golem-sdk/golem-js");

const golem = new GolemNetwork();
await connected(golem, async () => {
  const rental = await golem.oneOf({ order });
  const machine = await rental.getExeUnit();
  const words = async (command) => String((await machine.run(command)).stdout).trim().replace(/\s+/g, " ");
  console.log(await words("ls /"));
  console.log(await words("ls /golem"));
  await machine.uploadData(new TextEncoder().encode("Hello from a provider"), "/golem/work/hello.txt");
  console.log(await words("cat /golem/work/hello.txt"));
  await rental.stopAndFinalize();
});
