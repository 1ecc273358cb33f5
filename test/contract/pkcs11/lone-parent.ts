/** A process that opens the token named on its command line, prints its agent's pid, and waits to be killed. */
import { readFileSync } from "node:fs";
import { startAgent } from "../../../src/adapters/pkcs11/agent-process.ts";
import { parseTokenConfig } from "../../../src/adapters/pkcs11/token-file.ts";

const agent = startAgent(parseTokenConfig(readFileSync(process.argv[2] ?? "", "utf8")), "sign");
await agent.ready;
process.stdout.write(`${String(agent.pid)}\n`);
