/** A signed statement on its way to the gate; what the gate did not admit is not kept anywhere. */
import type { Receipt } from "../../log/entry.ts";
import type { Envelope } from "../../statement/envelope.ts";
import { readStatement, type Statement } from "../../statement/read.ts";
import type { Bytes32 } from "../../values/bytes32.ts";
import { Fault } from "../../values/errors.ts";
import type { Json } from "../../values/json.ts";
import { pass } from "./fault-points.ts";
import type { Mirror } from "./mirror.ts";
import type { Parts } from "./parts.ts";

export type Posted =
  | { readonly kind: "receipt"; readonly receipt: Receipt; readonly repeated: boolean }
  | { readonly kind: "conflict"; readonly message: string }
  | { readonly kind: "refused"; readonly code: string; readonly message: string; readonly field: string };

export type Post = (statement: Envelope, attachment: Json | undefined) => Promise<Posted>;

export type PostParts = Pick<Parts, "store" | "gate" | "faults"> & {
  readonly mirror: Mirror;
  /** Called when something new may be due. */
  readonly wake: () => void;
};

const remembered = 10_000;

/** Throws `InvalidValue` for what is no statement, `Fault` when the gate gives no receipt: nothing was delivered then, as far as anyone knows. */
export function createPost(parts: PostParts): Post {
  const { store, gate, faults, wake } = parts;
  const answered = new Set<Bytes32>();
  return async (envelope, attachment) => {
    const statement = readStatement(envelope);
    const before = await store.mirrored();
    await pass(faults, "serve:before-gate-admit");
    const answer = await gate.admit(statement.envelope, attachment);
    await pass(faults, "serve:after-gate-admit");
    if (answer.kind === "problem") {
      const { code, message, field } = answer;
      if (isOwnTrouble(code)) throw new Fault(code, message, "safe");
      return code === "submission.request-id-taken"
        ? { kind: "conflict", message }
        : { kind: "refused", code, message, field };
    }
    const { receipt } = answer;
    const repeated = answered.has(receipt.statementHash) || (receipt.leafIndex !== null && receipt.leafIndex < before);
    if (answered.size >= remembered) answered.clear();
    answered.add(receipt.statementHash);
    await follow(parts, statement);
    wake();
    return { kind: "receipt", receipt, repeated };
  };
}

/** What the gate says of its own disk or of a fault of its own is no verdict on the statement: the same one may be posted again. */
function isOwnTrouble(code: string): boolean {
  return code.startsWith("journal.") || code === "gate.broken";
}

/** Brings the mirror up to date, so that the next reader sees it. The receipt stands whatever happens here: the worker catches up. */
async function follow({ store, mirror }: PostParts, statement: Statement): Promise<void> {
  try {
    if (statement.kind !== "ChainObservation") {
      await mirror.pull();
      return;
    }
    const { chainId, subject, fact, value, blockNumber, blockTime } = statement.message;
    await store.putSighting({ chainId, subject, fact, value, blockNumber, blockTime, observer: statement.credential });
    if (fact === "outcome") await mirror.pull();
  } catch (error) {
    if (!(error instanceof Fault)) throw error;
  }
}
