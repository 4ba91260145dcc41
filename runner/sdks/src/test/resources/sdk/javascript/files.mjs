// Sends each file of a folder to one of two machines, in capitals back into another folder.
import { readdirSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { connected, order } from "./order.mjs";

// As a module, golem-js 3.6.0 does not find its own checksum when data is downloaded.
const { GolemNetwork } = createRequire(import.meta.url)("@golem-sdk/golem-js");

const [from, to] = process.argv.slice(2);
const golem = new GolemNetwork();
await connected(golem, async () => {
  const pool = await golem.manyOf({ order, poolSize: { max: 2 } });
  const used = new Set();
  let go;
  const both = new Promise((resolve) => (go = resolve));
  await Promise.all(
    readdirSync(from).map((name) =>
      pool.withRental(async (rental) => {
        const machine = await rental.getExeUnit();
        used.add(machine.provider.name);
        if (used.size === 2) go();
        await both;
        const remote = `/golem/work/${name}`;
        await machine.uploadFile(join(from, name), remote);
        await machine.run("/bin/sh", ["-c", 'tr a-z A-Z < "$1" > "$1.out"', "sh", remote]);
        await machine.downloadFile(`${remote}.out`, join(to, name));
      }),
    ),
  );
  await pool.withRental(async (rental) => {
    const machine = await rental.getExeUnit();
    await machine.uploadJson({ answer: 42 }, "/golem/work/answer.json");
    await machine.uploadData(new Uint8Array([0, 255, 10]), "/golem/work/bytes");
    const json = await machine.downloadJson("/golem/work/answer.json");
    const bytes = await machine.downloadData("/golem/work/bytes");
    console.log(`json ${JSON.stringify(json.data)}, bytes ${[...bytes.data]}`);
  });
  await pool.drainAndClear();
  console.log(`machines ${[...used].sort()}`);
});
