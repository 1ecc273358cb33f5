/** Who signed the bytes of a transaction, of any type that an Ethereum node takes. */
import { Transaction } from "ethers/transaction";
import { parse, type Address } from "../../values/address.ts";

/** Undefined for bytes that are no signed transaction. */
export function senderOf(raw: unknown): Address | undefined {
  if (typeof raw !== "string" || !/^0x[0-9a-fA-F]+$/.test(raw)) return undefined;
  try {
    const { from } = Transaction.from(raw);
    return from === null ? undefined : parse(from.toLowerCase());
  } catch {
    return undefined;
  }
}
