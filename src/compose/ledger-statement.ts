/** A person's statement signed with their own Ledger: every field on its screen, the same fields printed beside it. */
import { nativeChecks } from "../adapters/crypto-native/checks.ts";
import { parse as parsePath, usualPath } from "../adapters/ledger/derivation-path.ts";
import { failed } from "../adapters/ledger/device-failure.ts";
import type { Connection, RawSignature, TransportFactory, TypedData } from "../adapters/ledger/eth-app.ts";
import { speculosDevice } from "../adapters/ledger/ledgerjs/speculos.ts";
import { usbDevices } from "../adapters/ledger/ledgerjs/usb.ts";
import { settle } from "../adapters/ledger/signature.ts";
import { digest, domain, typesOf } from "../statement/digest.ts";
import type { Envelope } from "../statement/envelope.ts";
import type { Kind } from "../statement/message.ts";
import { readStatement } from "../statement/read.ts";
import { checksum, fromPublicKey, type Address } from "../values/address.ts";
import type { Bytes32 } from "../values/bytes32.ts";
import { Fault } from "../values/errors.ts";
import { concat, fromBytes, toBytes } from "../values/hex.ts";
import type { Name } from "../values/name.ts";
import { toWire } from "../values/wire.ts";
import { ledgerDevice } from "./ledger-device.ts";

export type Words = {
  readonly deploymentId: Bytes32;
  readonly kind: Kind;
  readonly message: Readonly<Record<string, unknown>>;
};

export type OwnLedger = {
  /** The wallet credential's name in the roster. */
  readonly id: Name;
  /** The address it has there, where that is known. */
  readonly address?: Address;
  readonly path?: string;
  readonly env: Readonly<Record<string, string | undefined>>;
};

const domainFields = [
  { name: "name", type: "string" },
  { name: "version", type: "string" },
  { name: "salt", type: "bytes32" },
];

/** Calls `show` with what the screen will show before the device is asked. Rejects with a Fault in the operator's words. */
export async function signOnLedger(
  { deploymentId, kind, message }: Words,
  { id, address: expected, path: pathText = usualPath, env }: OwnLedger,
  show: (lines: readonly string[]) => void,
): Promise<Envelope> {
  const path = parsePath(pathText);
  const unsigned = { kind, message: toWire(message), credential: id, proof: { kind: "wallet", signature: "0x" } };
  const { envelope } = readStatement(unsigned);
  const typed: TypedData = {
    types: { EIP712Domain: domainFields, ...typesOf(kind) },
    primaryType: kind,
    domain: domain(deploymentId),
    message: envelope.message,
  };
  const device = ledgerDevice(env, true);
  const { app, close } = await onlyOne(device.kind === "usb" ? usbDevices() : speculosDevice(device));
  try {
    const address = fromPublicKey(await app.publicKey(path, false));
    if (expected !== undefined && address !== expected) throw otherKey(address, expected, pathText);
    const signed = digest(deploymentId, kind, envelope.message);
    show(linesOf(typed, address));
    const raw = await app.signTypedData(path, typed);
    return { ...envelope, proof: { kind: "wallet", signature: checked(raw, signed, address) } };
  } catch (error) {
    throw refused(error);
  } finally {
    await close();
  }
}

async function onlyOne(factory: TransportFactory): Promise<Connection> {
  try {
    const [place, ...more] = await factory.list();
    if (place === undefined) throw new Fault("ledger.absent", "plug the Ledger in and open the Ethereum app", "safe");
    if (more.length > 0) throw new Fault("ledger.many", "more than one Ledger is plugged in; leave one", "safe");
    return await factory.connect(place);
  } catch (error) {
    throw refused(error);
  }
}

/** Field by field, in the order of the screen. */
function linesOf({ types, primaryType, message }: TypedData, address: Address): readonly string[] {
  const fields = (types[primaryType] ?? []).map(({ name }) => `  ${name}: ${String(message[name])}`);
  return [`the Ledger of ${checksum(address)} shows this; compare each field, then approve there:`, ...fields];
}

function checked(raw: RawSignature, signed: Bytes32, address: Address): `0x${string}` {
  const settled = settle(raw, toBytes(signed), address, nativeChecks().recoverSecp256k1);
  if (settled === undefined)
    throw new Fault("ledger.wrong-signature", "the Ledger signed something else than was sent to it", "never");
  return fromBytes(concat(toBytes(settled.r), toBytes(settled.s), Uint8Array.of(27 + settled.yParity)));
}

function otherKey(found: Address, expected: Address, path: string): Fault {
  const why = `the Ledger has ${checksum(found)} at ${path}, and the credential is ${checksum(expected)}`;
  return new Fault(
    "ledger.other-key",
    `the Ledger signed nothing: ${why}; look for another device, passphrase or path`,
    "safe",
  );
}

function refused(error: unknown): Fault {
  if (error instanceof Fault) return error;
  const { failure, message } = failed(error);
  return new Fault(`ledger.${failure.kind}`, `the Ledger signed nothing: ${message}`, "safe", error);
}
