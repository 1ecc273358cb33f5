/** The one token that every gate of a simulated day asks: it may be away before it signed or after, signs as at random, and remembers what it signed. */
import { secp256k1 } from "@noble/curves/secp256k1.js";
import { Transaction } from "ethers/transaction";
import type { Backend, BackendAnswer } from "../../src/flow/gate/backend.port.ts";
import { decode } from "../../src/intent/calldata.ts";
import * as bytes32 from "../../src/values/bytes32.ts";
import type { Bytes32 } from "../../src/values/bytes32.ts";
import { fromBytes, toBytes } from "../../src/values/hex.ts";
import { managedKey } from "../place/people.ts";

/** What was signed; a transaction without an amount is a filler. */
export type Signed = {
  readonly digest: Bytes32;
  readonly nonce: number;
  readonly amount: bigint | undefined;
  /** Tells the signature from every other one. */
  readonly r: Bytes32;
  /** Which gate asked. */
  readonly by: string;
};

export class Token {
  /** Whether it does not answer. */
  isAway = false;
  readonly signed: Signed[] = [];
  readonly #secret = toBytes(managedKey("hsm-mint").privateKey);

  /** The token as one gate has it; `asking` is called before the token signs, with what. */
  backend(
    owner: string,
    stop: (point: string) => Promise<void>,
    asking: (digest: Bytes32, nonce: number) => void,
  ): Backend {
    return {
      sign: async (permit) => {
        if (this.isAway) return away("is away");
        await stop("token:asked");
        const { digest, unsigned } = permit.take();
        const { nonce, data } = Transaction.from(unsigned ?? "0x");
        asking(digest, nonce);
        const call = decode(data as never, "role-erc20");
        const answer = this.#answer(digest);
        const amount = call.kind === "mint" || call.kind === "burn" ? call.amount : undefined;
        this.signed.push({ digest, nonce, amount, r: answer.signature.r, by: owner });
        await stop("token:signed");
        return this.isAway ? away("went away") : answer;
      },
      health: () => ({ ready: true, why: "ready", pid: undefined, recovery: "noble" }),
      close: () => Promise.resolve(),
    };
  }

  /** A token's signatures of one digest differ; here by how many it made. */
  #answer(digest: Bytes32): Extract<BackendAnswer, { kind: "signed" }> {
    const extraEntropy = Uint8Array.from({ length: 32 }, (_, at) =>
      at < 4 ? (this.signed.length >>> (8 * at)) & 255 : 0,
    );
    const signature = secp256k1.sign(toBytes(digest), this.#secret, {
      ...{ prehash: false, format: "recovered" },
      extraEntropy,
    });
    return {
      kind: "signed",
      signature: {
        r: bytes32.parse(fromBytes(signature.subarray(1, 33))),
        s: bytes32.parse(fromBytes(signature.subarray(33, 65))),
        yParity: signature[0] === 1 ? 1 : 0,
      },
    };
  }
}

function away(how: string): BackendAnswer {
  return { kind: "unavailable", why: `the token ${how}` };
}
