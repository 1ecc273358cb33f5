/** Entry of a device agent's process, spoken to over the channel that Node makes between parent and child. */
import { runAgent } from "./agent.ts";

/** The gate ends its agents itself: a Ctrl-C at the terminal, or a signal to everything of a service, is meant for the gate. */
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, () => undefined);

const code = await runAgent({
  say: (answer) => {
    process.send?.(answer);
  },
  hear: (heard) => {
    process.on("message", heard);
  },
  over: (ended) => {
    process.once("disconnect", ended);
  },
});
process.exit(code);
