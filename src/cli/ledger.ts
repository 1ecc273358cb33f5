/** `countersign ledger list|check|clear`: the devices that are plugged in, whether they are as the gate needs them, and an operator's word about what stands on one. */
import { checkDevices, deviceMemory, devicesHere } from "../compose/cli-ledger.ts";
import type { Given } from "./command.ts";
import { consent } from "./consent.ts";
import type { Io } from "./io.ts";
import { toWire } from "../values/wire.ts";
import { no, yes, type Outcome } from "./outcome.ts";

const usualPath = "44'/60'/0'/0/0";

export async function list(given: Given, io: Io): Promise<Outcome> {
  const path = given.maybe("path") ?? usualPath;
  const devices = await devicesHere(path, io.env);
  const lines = devices.flatMap((one) =>
    one.kind === "ready"
      ? [
          `Ethereum app ${one.version}, blind signing ${one.blindSigning ? "on" : "off"}; at ${path}, for the roster:`,
          `- { id: NAME, account: "${one.account}", publicKey: "${one.publicKey}", backend: ledger }`,
        ]
      : [`a device that is not ready: ${one.why}`],
  );
  const json = { path, devices: devices.map((one) => ({ ...one })) };
  if (devices.length === 0) return no(["no Ledger is plugged in, or this user may not open it"], json);
  return devices.every(({ kind }) => kind === "ready") ? yes(lines, json) : no(lines, json);
}

/** Exit 0 when the gate could use every device that is named. */
export async function check(given: Given, io: Io): Promise<Outcome> {
  const devices = await checkDevices(given.list("config"), io.env);
  const lines = devices.flatMap(({ name, keys, findings }) => [
    `${name}:`,
    ...keys.map((key) => `  expects ${key.name}, ${key.account}, at ${key.path}`),
    ...findings.map(({ check: what, isFit, why }) => `  ${isFit ? "yes" : "no "}  ${what}: ${why}`),
  ]);
  const json = { devices: devices.map((one) => toWire(one)) };
  const isReady = devices.every(({ findings }) => findings.every(({ isFit }) => isFit));
  return isReady ? yes(lines, json) : no(lines, json);
}

/** The gate sees it at its next look; it need not be stopped. */
export async function clear(given: Given, io: Io): Promise<Outcome> {
  const { name, reviewing, doubt, unread, forget } = deviceMemory(given.text("config"));
  await consent(given, io, [
    `you say that you looked at \`${name}\`, and that nothing stands on its screen`,
    ...(reviewing === undefined ? [] : [`  a review of ${reviewing} was not seen to end`]),
    ...(doubt === undefined ? [] : [`  it is not used any more: ${doubt}`]),
    ...unread.map((why) => `  ${why}`),
    "  what was declined on it may be shown again",
  ]);
  forget();
  return yes([`\`${name}\` is clear`], { name, reviewing: reviewing ?? null, doubt: doubt ?? null });
}
