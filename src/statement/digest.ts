/** The EIP-712 digest of a statement: domain Countersign 1, salt the deployment, no chain, so that any wallet can sign. */
import { fromBytes, type Bytes32 } from "../values/bytes32.ts";
import { structHash, typedDigest, type StructHash, type TypedField } from "../values/typed-struct.ts";
import { messages, type Kind } from "./message.ts";

/** Domain of EIP-712; `deploymentId` is the hash of the genesis. */
export function domain(deploymentId: Bytes32): { name: string; version: string; salt: string } {
  return { name: "Countersign", version: "1", salt: deploymentId };
}

/** EIP-712 `types` of a kind, for wallets (`eth_signTypedData_v4`) and encoders. */
export function typesOf(kind: Kind): Record<string, TypedField[]> {
  const fields: Readonly<Record<string, readonly [string, unknown]>> = messages[kind];
  return { [kind]: Object.entries(fields).map(([name, [type]]) => ({ name, type })) };
}

/** The 32 bytes that a credential signs. `message` in parsed or JSON form. */
export function digest(deploymentId: Bytes32, kind: Kind, message: Readonly<Record<string, unknown>>): Bytes32 {
  return fromBytes(digestBytes(deploymentId, kind, message));
}

/** The same as bytes. */
export function digestBytes(deploymentId: Bytes32, kind: Kind, message: Readonly<Record<string, unknown>>): Uint8Array {
  return typedDigest(separatorOf(deploymentId), structOf(kind)(message));
}

/** What EIP-712 hashes on the way to the digest, as wallets that show hashes call them. */
export function hashesOf(
  deploymentId: Bytes32,
  kind: Kind,
  message: Readonly<Record<string, unknown>>,
): { readonly domainHash: Bytes32; readonly messageHash: Bytes32; readonly digest: Bytes32 } {
  const [separator, struct] = [separatorOf(deploymentId), structOf(kind)(message)];
  return {
    domainHash: fromBytes(separator),
    messageHash: fromBytes(struct),
    digest: fromBytes(typedDigest(separator, struct)),
  };
}

/** Made when first asked for; there are as many as kinds. */
const structs = new Map<Kind, StructHash>();

function structOf(kind: Kind): StructHash {
  const known = structs.get(kind);
  if (known !== undefined) return known;
  const made = structHash(kind, typesOf(kind)[kind] ?? []);
  structs.set(kind, made);
  return made;
}

const hashDomain = structHash("EIP712Domain", [
  { name: "name", type: "string" },
  { name: "version", type: "string" },
  { name: "salt", type: "bytes32" },
]);

/** Of the deployment asked for last: a process has one, and the separator follows from its id alone. */
let last: { readonly deploymentId: Bytes32; readonly separator: Uint8Array } | undefined;

function separatorOf(deploymentId: Bytes32): Uint8Array {
  if (last?.deploymentId !== deploymentId) last = { deploymentId, separator: hashDomain(domain(deploymentId)) };
  return last.separator;
}
