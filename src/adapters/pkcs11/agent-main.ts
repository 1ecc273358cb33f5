/** Entry of the token agent's process: `agent-main MODE`, spoken to over file descriptor 3. */
import { Socket } from "node:net";
import { runAgent } from "./agent.ts";
import { parseMode } from "./agent-orders.ts";

/** The gate ends its agents itself, after their last answer: a Ctrl-C at the terminal is meant for the gate. */
for (const signal of ["SIGINT", "SIGHUP"] as const) process.on(signal, () => undefined);

process.exit(await runAgent(new Socket({ fd: 3, readable: true, writable: true }), parseMode(process.argv[2])));
