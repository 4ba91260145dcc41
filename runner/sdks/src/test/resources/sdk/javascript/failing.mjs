// A command that fails is a result, not the end of the machine; then more debit notes than one.
import { GolemNetwork } from "@golem-sdk/golem-js";
import { connected, order } from "./order.mjs";

const golem = new GolemNetwork();
await connected(golem, async () => {
  const accepted = { notes: 0, invoices: 0 };
  golem.payment.events.on("debitNoteAccepted", () => accepted.notes++);
  golem.payment.events.on("invoiceAccepted", () => accepted.invoices++);
  const demand = { ...order.demand, payment: { midAgreementDebitNoteIntervalSec: 1 } };
  const rental = await golem.oneOf({ order: { ...order, demand } });
  const machine = await rental.getExeUnit();

  const failed = await machine.run("echo out; echo err >&2; exit 3");
  console.log(`${failed.result}, ${failed.message}, ${failed.stdout.trim()}, ${failed.stderr.trim()}`);

  const batch = await machine.beginBatch().run("echo one").run("exit 4").end();
  console.log(batch.map((each) => each.result).join(" "));

  const missing = await machine.run("/no/such/program", []);
  console.log(missing.result);

  const alive = await machine.run("sleep 1.5; echo still here");
  console.log(alive.stdout.trim());

  await rental.stopAndFinalize();
  console.log(`notes ${accepted.notes > 1}, invoices ${accepted.invoices}`);
});
