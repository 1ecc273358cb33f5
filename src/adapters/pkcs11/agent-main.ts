/** Entry of the token agent's process: `agent-main MODE`, spoken to over file descriptor 3. */
import { Socket } from "node:net";
import { runAgent } from "./agent.ts";
import { parseMode } from "./agent-orders.ts";

/**
 * The gate ends its agents itself, after their last answer, and an agent whose gate is gone ends by its pipe: a Ctrl-C at the terminal, or
 * a service manager that signals everything it started, is meant for the gate and would cut a signing.
 */
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, () => undefined);

process.exit(await runAgent(new Socket({ fd: 3, readable: true, writable: true }), parseMode(process.argv[2])));
