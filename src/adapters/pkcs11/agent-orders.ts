/** What a token agent is told at its start, and the verbs each kind of agent answers. */
import * as z from "zod";
import type { Verb } from "./frame.ts";
import { tokenSchema, type TokenConfig } from "./token-config.ts";

/** Decided by the command line of the process, so that no frame can turn a signing agent into one that makes keys. */
export type AgentMode = "sign" | "keygen" | "init" | "check" | "backup";

/** Modes with a ceremony's verbs are started by the command line only, never by the gate. */
export const verbsOf: Readonly<Record<AgentMode, readonly Verb[]>> = {
  sign: ["sign", "inventory", "health"],
  keygen: ["keygen", "prove", "inventory", "health"],
  init: ["initToken", "health"],
  check: ["check", "sign", "health"],
  backup: ["wrap", "unwrap", "prove", "health"],
};

const ordersSchema = tokenSchema
  .pick({ module: true, login: true, sessions: true, keys: true, profile: true, health: true })
  /** No token yet when it is to be initialised. */
  .extend({
    token: tokenSchema.shape.token.nullable(),
    /** Who started the agent catches its output, and must know the PIN in it; to anybody else the mark is only good for guessing. */
    pinMark: z.boolean(),
  });

export type AgentOrders = Readonly<z.infer<typeof ordersSchema>>;

export function ordersFrom(config: TokenConfig, mode: AgentMode, pinMark = true): AgentOrders {
  const { module, login, sessions, keys, profile, token, health } = config;
  return { module, login, sessions, keys, profile, health, token: mode === "init" ? null : token, pinMark };
}

export function parseOrders(bytes: Uint8Array): AgentOrders {
  return ordersSchema.parse(JSON.parse(new TextDecoder().decode(bytes)));
}

export function parseMode(argument: string | undefined): AgentMode {
  switch (argument) {
    case "sign":
    case "keygen":
    case "init":
    case "check":
    case "backup":
      return argument;
    default:
      throw new Error("the agent is started by the gate, not by hand");
  }
}
