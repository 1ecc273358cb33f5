/** Where Ledger devices are looked for: on USB, or, on a developer's machine only, at the port of Ledger's emulator. */
import type { Orders } from "../adapters/ledger/agent-message.ts";
import { Fault, InvalidValue } from "../values/errors.ts";

/** Throws `Fault` `ledger.speculos-refused` where real money could be: an emulator's keys are in everybody's hands. */
export function ledgerDevice(
  env: Readonly<Record<string, string | undefined>>,
  isDeveloping: boolean,
): Orders["device"] {
  const asked = env["LEDGER_SPECULOS"];
  if (asked === undefined || asked === "") return { kind: "usb" };
  if (!isDeveloping || env["NODE_ENV"] === "production")
    throw new Fault("ledger.speculos-refused", "LEDGER_SPECULOS is set, and an emulator is no place for keys", "never");
  const [, host, digits] = /^(\[[0-9a-fA-F:]+\]|[^:]+):(\d{1,5})$/.exec(asked) ?? [];
  const port = Number(digits);
  if (host === undefined || port < 1 || port > 65_535)
    throw new InvalidValue("ledger.speculos", `LEDGER_SPECULOS: \`${asked}\` is not of the form host:port`);
  return { kind: "speculos", host: host.replace(/^\[|\]$/g, ""), port };
}
