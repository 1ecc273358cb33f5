/** What an observer is told: its own credential, its own endpoints, and the service it reports to. */
import { z } from "zod";
import { chainIdSchema } from "../values/schema.ts";
import { besideConfig, readConfigFile } from "./config-file.ts";

const observeSchema = z.strictObject({
  api: z.url().max(1_000),
  credential: z.string().min(1).max(1_000),
  genesis: z.string().min(1).max(1_000),
  chains: z
    .array(z.strictObject({ id: chainIdSchema, rpc: z.url().max(1_000) }))
    .min(1)
    .max(50),
  /** Milliseconds between two looks at the chain. */
  everyMs: z.int().min(50).max(600_000).default(1_000),
});

export type ObserveConfig = z.output<typeof observeSchema>;

export function readObserveConfig(file: string): ObserveConfig {
  const config = readConfigFile(file, observeSchema);
  return Object.freeze({
    ...config,
    credential: besideConfig(file, config.credential),
    genesis: besideConfig(file, config.genesis),
  });
}
