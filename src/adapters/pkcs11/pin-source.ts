/** Where a token file may say that the PIN is. */
import { isAbsolute } from "node:path";
import * as z from "zod";
import { environmentSchema } from "./environment.ts";

const path = z.string().refine(isAbsolute, "must be an absolute path");
const variable = z.string().regex(/^[A-Z][A-Z0-9_]{0,63}$/);

export const pinSourceSchema = z.union([
  /** Of mode 0400 or 0600, and the agent's user's own. */
  z.strictObject({ file: path }),
  /** A file in `$CREDENTIALS_DIRECTORY`, as systemd makes one for `LoadCredential=`. */
  z.strictObject({ credential: z.string().regex(/^[A-Za-z0-9_-][A-Za-z0-9._-]{0,63}$/) }),
  /** An open file that the gate was started with, such as `5<pin`. */
  z.strictObject({ descriptor: z.number().int().min(3).max(255) }),
  /** A program that prints it, started by the agent with these variables and no others. */
  z.strictObject({
    command: z.tuple([path], z.string().max(1_024)),
    env: environmentSchema.optional(),
  }),
  /** Typed by so many people, each a part of it, one after the other. */
  z.strictObject({ terminal: z.number().int().min(1).max(4) }),
  z.strictObject({ env: variable }),
  /** The token asks for no login: who may reach it may sign. */
  z.strictObject({ none: z.literal(true) }),
]);

export type PinSource = Readonly<z.infer<typeof pinSourceSchema>>;

/** At a terminal the agent gives up by itself, and gives the terminal back, before anybody ends it. */
export const typingMs = 120_000;
