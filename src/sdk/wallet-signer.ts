/** A wallet that signs through a provider of EIP-1193, so that it shows its owner every field (`eth_signTypedData_v4`). */
import { z } from "zod";
import type { Credential } from "../roster/roster.ts";
import { domain, typesOf } from "../statement/digest.ts";
import { checksum } from "../values/address.ts";
import type { Bytes32 } from "../values/bytes32.ts";
import { Fault, InvalidValue } from "../values/errors.ts";
import { parse as parseHex, type Hex } from "../values/hex.ts";
import { prove, type Own, type Unsigned } from "./proving.ts";
import type { Signer } from "./signer.ts";

/** What EIP-1193 asks of a provider, as far as it is used here. */
export type WalletProvider = {
  readonly request: (call: { readonly method: string; readonly params?: readonly unknown[] }) => Promise<unknown>;
};

/** Throws as `prove` does, `InvalidValue` `client.declined` when the person said no, and `Fault` `client.wallet` when the wallet failed. */
export function walletSigner(own: Own<Extract<Credential, { kind: "wallet" }>>, provider: WalletProvider): Signer {
  const { credential, deploymentId } = own;
  return {
    credential: credential.id,
    sign: (kind, message) =>
      prove(own, kind, message, async (unsigned) => {
        const params = [checksum(credential.address), typedDataText(deploymentId, unsigned)];
        return { kind: "wallet", signature: signatureIn(await asked(provider, "eth_signTypedData_v4", params)) };
      }),
  };
}

/** EIP-712 as JSON: the domain's own type is part of it. */
export function typedDataText(deploymentId: Bytes32, { kind, message }: Pick<Unsigned, "kind" | "message">): string {
  const EIP712Domain = [
    { name: "name", type: "string" },
    { name: "version", type: "string" },
    { name: "salt", type: "bytes32" },
  ];
  const types = { EIP712Domain, ...typesOf(kind) };
  return JSON.stringify({ types, primaryType: kind, domain: domain(deploymentId), message });
}

const walletErrorSchema = z.object({ code: z.number() });
/** EIP-1193: the person rejected the request. */
const declined = 4001;

async function asked(provider: WalletProvider, method: string, params: readonly unknown[]): Promise<unknown> {
  try {
    return await provider.request({ method, params });
  } catch (error) {
    if (walletErrorSchema.safeParse(error).data?.code === declined)
      throw new InvalidValue("client.declined", "nothing was said: you declined in your wallet");
    throw new Fault(
      "client.wallet",
      "the wallet did not sign; open it, choose the account, and try again",
      "safe",
      error,
    );
  }
}

/** Some wallets write the parity as 0 or 1; the one form of a statement is 27 or 28. */
function signatureIn(answer: unknown): Hex {
  const signature = parseHex(answer);
  const parity = { "00": "1b", "01": "1c" }[signature.slice(130)];
  return parity === undefined ? signature : parseHex(`${signature.slice(0, 130)}${parity}`);
}
