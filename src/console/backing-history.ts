/** What was out and what stood behind it over time, as the log has it: attested reserves, the supply that decisions were made on, and every issue and burn. */
import type { Logged } from "../gate/usage-from-log.ts";
import { issuing } from "../intent/operation.ts";
import { token as tokenSubject } from "../evidence/subject.ts";
import { readStatement } from "../statement/read.ts";
import type { Address } from "../values/address.ts";
import type { Instant } from "../values/instant.ts";
import { pastRequests } from "./past-request.ts";

/** From this moment on it was so much, in base units. */
export type Point = { readonly at: Instant; readonly value: bigint };

export type BackingHistory = {
  /** Of several attestors the least of their last words. */
  readonly reserves: readonly Point[];
  readonly supply: readonly Point[];
  readonly minted: bigint;
  readonly burned: bigint;
};

type Token = { readonly asset: string; readonly address: Address; readonly chainId: number };

const burns: readonly string[] = ["burn", "redeem"];

export function backingHistory(entries: readonly Logged[], { asset, address, chainId }: Token): BackingHistory {
  const last = new Map<string, bigint>();
  const reserves: Point[] = [];
  const supply: Point[] = [];
  for (const { entry } of entries) {
    if (entry.kind !== "statement") continue;
    const { kind, message, credential } = readStatement(entry.statement);
    if (!("chainId" in message) || message.chainId !== chainId) continue;
    if (kind === "ReserveAttestation" && message.asset === asset && message.token === address) {
      last.set(credential, message.reserves);
      reserves.push({
        at: message.asOf,
        value: [...last.values()].reduce((least, one) => (one < least ? one : least)),
      });
    }
    if (kind === "ChainObservation" && message.subject === tokenSubject(address) && message.fact === "supply")
      supply.push({ at: message.blockTime, value: BigInt(message.value) });
  }
  return { reserves: steps(reserves), supply: steps(supply), ...totals(entries, asset) };
}

function totals(entries: readonly Logged[], asset: string): Pick<BackingHistory, "minted" | "burned"> {
  const done = pastRequests(entries).flatMap(({ submission: { message }, outcome }) =>
    message.asset === asset && outcome?.status === "success" ? [message] : [],
  );
  const sum = (operations: readonly string[]): bigint =>
    done.reduce((total, { operation, amount }) => (operations.includes(operation) ? total + amount : total), 0n);
  return { minted: sum(issuing), burned: sum(burns) };
}

/** In time, without those that change nothing; of one moment the last. */
function steps(points: readonly Point[]): readonly Point[] {
  const byTime = [...points].sort((one, other) => one.at - other.at);
  const moments = byTime.filter(({ at }, index) => byTime[index + 1]?.at !== at);
  return moments.filter(({ value }, index) => moments[index - 1]?.value !== value);
}
