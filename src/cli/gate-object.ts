/** `countersign gate object FILE`: hands a signed statement straight to the gate, past a service that nobody trusts. */
import { doubtOf } from "../sdk/delivery.ts";
import { statementHash } from "../statement/envelope.ts";
import { parse as parseHex } from "../values/hex.ts";
import { toIso } from "../values/instant.ts";
import { withGate } from "../compose/cli-gate-socket.ts";
import { openGenesis } from "./genesis-file.ts";
import type { Given } from "./command.ts";
import { no, yes, type Outcome } from "./outcome.ts";
import { readParcel } from "./parcel.ts";
import { pinsOf } from "./connection.ts";

export async function object(given: Given): Promise<Outcome> {
  const { statement, attachment } = readParcel(given.operand);
  const { logKey } = statement.kind === "GatePromotion" ? statement.message : {};
  // A gate that is to take over answers with the key that this very statement is about.
  const own = typeof logKey === "string" ? { logPublicKey: parseHex(logKey) } : {};
  const pins = { ...pinsOf(openGenesis(given.text("genesis"))), ...own };
  const answer = await withGate(given.text("socket"), (gate) => gate.admit(statement, attachment));
  const hash = statementHash(statement);
  if (answer.kind === "problem") {
    const why = `the gate refuses it: ${answer.message} (${answer.code})`;
    return no([why], { delivered: false, statement: hash, code: answer.code, why, field: answer.field });
  }
  const { receipt } = answer;
  const doubt = doubtOf(receipt, statement, pins);
  if (doubt !== undefined) {
    return no(["not delivered", doubt], { delivered: false, statement: hash, code: "cli.not-delivered", why: doubt });
  }
  const { leafIndex, instant, epoch } = receipt;
  const place = leafIndex === null ? "kept until it is used" : `leaf ${leafIndex} of the log`;
  return yes([`delivered: ${place}, stored by the gate at ${toIso(instant)}`, `statement ${hash}`], {
    delivered: true,
    statement: hash,
    leafIndex,
    instant,
    epoch,
  });
}
