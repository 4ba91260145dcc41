#!/bin/sh
# Makes NAME.hex, the runtime code, of each NAME.sol here. Needs node, npm and a registry.
set -eu
cd "$(dirname "$0")"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
npm install --silent --no-fund --no-audit --prefix "$work" solc@0.8.24 >&2
for contract in *.sol; do
  name=${contract%.sol}
  NODE_PATH=$work/node_modules node -e '
    const fs = require("fs");
    const [file, name] = process.argv.slice(1);
    const answer = JSON.parse(require("solc").compile(JSON.stringify({
      language: "Solidity",
      sources: { [file]: { content: fs.readFileSync(file, "utf8") } },
      settings: {
        evmVersion: "paris",
        optimizer: { enabled: true },
        metadata: { bytecodeHash: "none" },
        outputSelection: { "*": { "*": ["evm.deployedBytecode.object"] } },
      },
    })));
    if (answer.errors) throw new Error(answer.errors.map((each) => each.formattedMessage).join("\n"));
    console.log("0x" + answer.contracts[file][name].evm.deployedBytecode.object);
  ' "$contract" "$name" > "$name.hex"
done
