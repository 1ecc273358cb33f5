/** Who never receives anything, whatever a rule or a list says: the token itself, and addresses that nobody has a key of. */
import type { Address } from "../../values/address.ts";
import { receives } from "../profile.ts";
import type { Case, Token } from "../policy.ts";
import type { Judgement } from "./judgement.ts";

/** Addresses below this number: the zero address, precompiled contracts, and `0x…dead`, where people send what is to be gone. */
const firstSomebody = 0x1_0000n;

/** Why what comes there can never leave; undefined of everybody else. */
function deadEnd(to: Address, { address }: Pick<Token, "address">): string | undefined {
  if (to === address) return "the token itself";
  return BigInt(to) < firstSomebody ? "nobody's" : undefined;
}

/** Silent of everybody else, as decisions before it. */
export function judgeRecipient({ policy, intent }: Pick<Case, "policy" | "intent">): readonly Judgement[] {
  const { operation, to } = intent;
  const end = receives(operation) ? deadEnd(to, policy.token) : undefined;
  if (end === undefined) return [];
  return [
    {
      id: "intent.recipient",
      kind: "rule",
      code: "policy.recipient-excluded",
      ok: false,
      curable: false,
      observed: `${to} is ${end}`,
      bound: "somebody who can give it away again",
    },
  ];
}
