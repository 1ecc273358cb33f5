/** The variables that a token file may hand to a module, or to the command for the PIN. */
import * as z from "zod";

/** Variables that would let a configuration load code into the agent, or widen its thread pool. */
const refusedVariable = /^(?:LD_|DYLD_|NODE_|UV_|BASH_|ENV$|PATH$|IFS$)/;

export const environmentSchema = z
  .record(z.string().regex(/^[A-Z][A-Z0-9_]{0,63}$/), z.string().max(4096))
  .refine(
    (variables) => !Object.keys(variables).some((name) => refusedVariable.test(name)),
    "sets a variable that changes what the process loads",
  );
