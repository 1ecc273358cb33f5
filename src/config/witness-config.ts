/** What a witness is told: whose log it watches, its own key, its memory, and where it listens. */
import { z } from "zod";
import { InvalidValue } from "../values/errors.ts";
import { besideConfig, readConfigFile } from "./config-file.ts";

const path = z.string().min(1).max(1_000);

const witnessSchema = z.strictObject({
  /** Of the deployment whose log it watches; which of its witnesses we are, the key says. */
  genesis: path,
  /** As `countersign witness key` makes it. */
  key: path,
  /** Its memory; who loses it loses what the witness is for. */
  heads: path,
  listen: z.strictObject({
    host: z.string().max(253).default("127.0.0.1"),
    port: z.int().min(0).max(65_535),
    /** Needed to listen beyond this machine. */
    tls: z.strictObject({ cert: path, key: path }).optional(),
  }),
});

export type WitnessConfig = z.output<typeof witnessSchema>;

/** Throws `InvalidValue` `config.invalid` when it would listen beyond this machine in the clear. */
export function readWitnessConfig(file: string): WitnessConfig {
  const config = readConfigFile(file, witnessSchema);
  const near = (name: string): string => besideConfig(file, name);
  const { host, port, tls } = config.listen;
  if (tls === undefined && !/^(?:localhost|::1|127(?:\.[0-9]{1,3}){3})$/.test(host))
    throw new InvalidValue(
      "config.invalid",
      `${file}: listen.host: \`${host}\` is not this machine alone; give TLS files`,
      "listen.host",
    );
  return Object.freeze({
    genesis: near(config.genesis),
    key: near(config.key),
    heads: near(config.heads),
    listen: { host, port, tls: tls === undefined ? undefined : { cert: near(tls.cert), key: near(tls.key) } },
  });
}
