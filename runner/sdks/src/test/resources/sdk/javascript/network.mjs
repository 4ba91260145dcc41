// Looks at what is on offer, and talks through a virtual network to a program that listens.
import { once } from "node:events";
import { connect } from "node:net";
import { GolemNetwork } from "@golem-sdk/golem-js";
import { connected, order } from "./order.mjs";

const golem = new GolemNetwork();
await connected(golem, async () => {
  const names = new Set();
  await new Promise((resolve, reject) => {
    const scan = golem.market.scan(golem.market.buildScanSpecification({})).subscribe({
      next: (offer) => {
        names.add(offer.provider.name);
        if (names.size === 2) {
          scan.unsubscribe();
          resolve();
        }
      },
      error: reject,
    });
  });
  console.log(`on offer ${[...names].sort()}`);

  const network = await golem.createNetwork({ ip: "192.168.7.0/24" });
  const rental = await golem.oneOf({ order: { ...order, network } });
  const machine = await rental.getExeUnit();
  const server = await machine.runAndStream(
    `exec node -e 'const s = require("net").createServer((c) => c.pipe(c).on("end", () => s.close()));
      s.listen(0, "127.0.0.1", () => console.log(s.address().port))'`,
  );
  const port = await new Promise((resolve) => server.stdout.subscribe((data) => resolve(Number(data))));
  const proxy = machine.createTcpProxy(port);
  await proxy.listen(0);
  const socket = connect(proxy.server.address().port, "127.0.0.1");
  socket.write("hello through the network");
  const [echoed] = await once(socket, "data");
  console.log(String(echoed));
  socket.end();
  console.log((await server.waitForExit(100_000)).result);
  await proxy.close();
  await rental.stopAndFinalize();
  await golem.destroyNetwork(network);
});
