/** The EIP-712 digest of a statement: domain Countersign 1, salt the deployment, no chain, so that any wallet can sign. */
import { TypedDataEncoder } from "ethers/hash";
import * as bytes32 from "../values/bytes32.ts";
import { messages, type Kind } from "./message.ts";

export type TypedField = { readonly name: string; readonly type: string };

/** Domain of EIP-712; `deploymentId` is the hash of the genesis. */
export function domain(deploymentId: bytes32.Bytes32): { name: string; version: string; salt: string } {
  return { name: "Countersign", version: "1", salt: deploymentId };
}

/** EIP-712 `types` of a kind, for wallets (`eth_signTypedData_v4`) and encoders. */
export function typesOf(kind: Kind): Record<string, TypedField[]> {
  const fields: Readonly<Record<string, readonly [string, unknown]>> = messages[kind];
  return { [kind]: Object.entries(fields).map(([name, [type]]) => ({ name, type })) };
}

/** The 32 bytes that a credential signs. `message` in parsed or JSON form. */
export function digest(
  deploymentId: bytes32.Bytes32,
  kind: Kind,
  message: Readonly<Record<string, unknown>>,
): bytes32.Bytes32 {
  return bytes32.parse(TypedDataEncoder.hash(domain(deploymentId), typesOf(kind), message));
}
