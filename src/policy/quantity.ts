/** Amounts with their unit, `100 GLD` or `0.05 ETH`: read from documents, written for people. */
import * as amount from "../values/amount.ts";
import { InvalidValue } from "../values/errors.ts";

export type Unit = { readonly unit: string; readonly decimals: number };

/** Whatever says its unit as a policy does. */
export type Valued = { readonly asset: string; readonly token: { readonly decimals: number } };

const ether: Unit = { unit: "ETH", decimals: 18 };

/** A decimal number, one space and the unit; surplus decimals are refused. Throws `InvalidValue` `policy.amount` with the field. */
export function parseQuantity(text: string, { unit, decimals }: Unit, field: string): amount.Amount {
  const parts = /^(\S+) (\S+)$/.exec(text);
  if (parts?.[2] !== unit) {
    throw new InvalidValue(
      "policy.amount",
      `${field}: \`${text}\` is not an amount in ${unit} such as \`100 ${unit}\``,
      field,
    );
  }
  try {
    return amount.parseUnits(parts[1], decimals);
  } catch (error) {
    if (!(error instanceof InvalidValue)) throw error;
    throw new InvalidValue("policy.amount", `${field}: ${error.message}`, field);
  }
}

/** `38,350 GLD`; a sum beyond 256 bits is said to be more than that. */
export function inAsset(value: bigint, policy: Valued): string {
  return inUnit(value, { unit: policy.asset, decimals: policy.token.decimals });
}

export function inEther(wei: bigint): string {
  return inUnit(wei, ether);
}

function inUnit(value: bigint, { unit, decimals }: Unit): string {
  if (value > amount.max) return `more than ${amount.format(amount.max, decimals)} ${unit}`;
  return `${amount.format(amount.fromBigInt(value < 0n ? 0n : value), decimals)} ${unit}`;
}
