/** Compiles our Solidity and writes each artifact beside the adapter that deploys it. */
import { writeFileSync } from "node:fs";
import { compile, contracts } from "../test/contracts/compiler.ts";

for (const contract of contracts) {
  const artifact = compile(contract);
  writeFileSync(contract.artifact, `${JSON.stringify(artifact, null, 2)}\n`);
  console.log(`${contract.name}: ${String((artifact.bytecode.length - 2) / 2)} bytes, ${artifact.sourceHash}`);
}
