// Reads what a command writes while it runs: it goes on only after its first line has arrived.
import { writeFileSync } from "node:fs";
import { GolemNetwork } from "@golem-sdk/golem-js";
import { connected, order } from "./order.mjs";

const [seen] = process.argv.slice(2);
const golem = new GolemNetwork();
await connected(golem, async () => {
  const rental = await golem.oneOf({ order });
  const machine = await rental.getExeUnit();

  const remote = await machine.runAndStream(
    `echo first; until [ -e '${seen}' ]; do sleep 0.02; done; echo second; echo third >&2`,
  );
  let out = "";
  let err = "";
  remote.stdout.subscribe((data) => {
    out += data;
    writeFileSync(seen, "");
  });
  remote.stderr.subscribe((data) => (err += data));
  const result = await remote.waitForExit(100_000);
  console.log(`${result.result} ${JSON.stringify(out)} ${JSON.stringify(err)}`);

  const failing = await machine.runAndStream("echo broken >&2; exit 7");
  const failed = await failing.waitForExit(100_000);
  console.log(`${failed.result} ${failed.message}`);

  const long = await machine.runAndStream("seq 1 200000");
  let numbers = "";
  long.stdout.subscribe((data) => (numbers += data));
  await long.waitForExit(100_000);
  const expected = Array.from({ length: 200000 }, (_, index) => `${index + 1}\n`).join("");
  console.log(`${numbers.length} characters, whole ${numbers === expected}`);

  await rental.stopAndFinalize();
});
