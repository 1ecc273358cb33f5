/** What `serve` is told: where to listen, which gate, which store, which chain endpoints. */
import { z } from "zod";
import { chainIdSchema, durationSchema } from "../values/schema.ts";
import { besideConfig, readConfigFile } from "./config-file.ts";
import { notifyPaths, notifySchema } from "./notify-config.ts";

const path = z.string().min(1).max(1_000);

const endpoint = z.url().max(1_000);

const serveSchema = z.strictObject({
  api: z.strictObject({
    host: z.string().max(253).default("127.0.0.1"),
    port: z.int().min(0).max(65_535),
    /** Both, to listen beyond loopback without a proxy. */
    tls: z.strictObject({ cert: path, key: path }).optional(),
    /** Hops of trusted proxies in front; needed to listen beyond loopback without TLS. */
    trustProxy: z.int().min(1).max(10).optional(),
  }),
  /** The gate's Unix socket. */
  gate: path,
  genesis: path,
  store: z.discriminatedUnion("kind", [
    z.strictObject({ kind: z.literal("sqlite"), path }),
    z.strictObject({ kind: z.literal("postgres"), url: z.string().max(1_000) }),
  ]),
  chains: z
    .array(
      z.strictObject({
        id: chainIdSchema,
        /** One, or several run by different people: bytes go to all, and a lie of one among three changes nothing. */
        rpc: z.union([endpoint.transform((url) => [url]), z.array(endpoint).min(1).max(9)]),
        /** A transaction that was in no block for so long is replaced by a dearer one on the same nonce; `never` leaves it. */
        replaceAfter: z.union([z.literal("never"), durationSchema]).default("5m"),
      }),
    )
    .min(1)
    .max(50),
  /** Where the witnesses take checkpoints; their keys are in the genesis. */
  witnesses: z
    .array(z.strictObject({ name: z.string().min(1).max(100), url: z.url({ protocol: /^https?$/ }).max(1_000) }))
    .max(20)
    .default([]),
  /** Who outside is told of things; nobody unless it is said. */
  notify: notifySchema.default({ escalateBefore: "1h", webhooks: [], mail: [] }),
  /** Milliseconds between two looks when nothing happens. */
  pollMs: z.int().min(50).max(60_000).default(500),
});

export type ServeConfig = z.output<typeof serveSchema>;

export function readServeConfig(file: string): ServeConfig {
  const config = readConfigFile(file, serveSchema);
  const near = (name: string): string => besideConfig(file, name);
  const store =
    config.store.kind === "sqlite" ? { kind: config.store.kind, path: near(config.store.path) } : config.store;
  const { tls } = config.api;
  const api = tls === undefined ? config.api : { ...config.api, tls: { cert: near(tls.cert), key: near(tls.key) } };
  const notify = notifyPaths(config.notify, near);
  return Object.freeze({ ...config, api, gate: near(config.gate), genesis: near(config.genesis), store, notify });
}
