/** An asset with a vault of its own behind it, and everybody around it: what is true of it stands here, whatever the gate was told in which order. */
import type { Apportioned } from "../../../src/evidence/distribution.ts";
import { outcomeText } from "../../../src/evidence/outcome.ts";
import type { GateAnswer } from "../../../src/gate/wire.ts";
import { entrySchema, type Entry, type Instruction } from "../../../src/log/entry.ts";
import { decodeLeaf } from "../../../src/log/leaf.ts";
import type { Envelope } from "../../../src/statement/envelope.ts";
import * as address from "../../../src/values/address.ts";
import type { Bytes32 } from "../../../src/values/bytes32.ts";
import { keccak256, utf8 } from "../../../src/values/digest.ts";
import * as hex from "../../../src/values/hex.ts";
import { hash } from "../../../src/values/json.ts";
import { toWire } from "../../../src/values/wire.ts";
import { fees, openPlace, requestIdOf, type GatePlace } from "../../place/gate.ts";
import {
  approval,
  attestation,
  chainId,
  goldCode,
  goldToken,
  observation,
  submission,
  treasury,
  type Deployment,
} from "../../place/gold.ts";
import { genesisFile, managedKey, rosterOf, sign, type PersonId } from "../../place/people.ts";
import { documentOf, recordSight, yieldOf } from "../../place/yield.ts";
import { delivery, redeemingPolicy, takenBack, vault as destination } from "../../place/redemption.ts";

export const hour = 3_600;
/** How much may be out for each unit in the vault, in hundredths. */
export const ratio = 95n;
/** Of the limits: base units in the window, in units of the asset, and mints of one issuer in theirs. */
export const velocity = { units: 40n, seconds: 6 * hour, mints: 3, mintSeconds: hour };
/** The second is not always honest. */
export const attestors = ["vault-auditor", "kyc-desk"] as const;
/** More than any request lives. */
const long = 400 * 24 * hour;

export function deploymentOf(decimals: number): Deployment {
  const unit = 10n ** BigInt(decimals);
  const issued = { operation: { in: ["mint", "distribute"] } };
  const limit = (id: string, more: object): object => ({ id, when: issued, over: "deny", ...more });
  const tiers = (quorum: object): object => ({ tiers: [{ upTo: "max", quorum, sign: "hsm-mint" }] });
  const by = { initiator: { group: "issuers" } };
  const listed = { entries: [{ address: treasury, label: "Bank A omnibus" }] };
  const policy = redeemingPolicy({
    lists: { treasury: listed, escrow: listed },
    token: { chain: chainId, address: goldToken, decimals, standard: "role-erc20", codehash: goldCode },
    guards: [
      {
        id: "reserves-cover",
        when: issued,
        require: {
          evidence: "reserve",
          by: { group: "attestors", min: 2 },
          maxAge: "6h",
          cover: { ratio: "0.95" },
        },
      },
    ],
    limits: [
      limit("sum", { metric: "sum", window: "rolling 6h", per: "asset", max: `${String(velocity.units)} GLD` }),
      limit("count", { metric: "count", window: "rolling 1h", per: "initiator", max: velocity.mints }),
    ],
    rules: [
      {
        id: "mint",
        when: { operation: "mint", ...by, to: { in: "treasury" } },
        ...tiers({ group: "custodians", min: 2 }),
      },
      { id: "yield", when: { operation: "distribute", ...by }, ...tiers({ group: "custodians", min: 2 }) },
      {
        id: "burn",
        when: { operation: { in: ["redeem", "burn"] }, ...by },
        ...tiers({ group: "custodians", min: 1 }),
      },
    ],
  });
  const key = managedKey("hsm-mint");
  const usual = rosterOf([key]);
  const roster = {
    ...usual,
    services: usual.services.map((one) =>
      one.id === "kyc-desk" ? { ...one, groups: [...one.groups, "attestors" as never] } : one,
    ),
  };
  const many = String(unit * 10n ** 9n);
  const made = genesisFile({
    roster,
    policies: [policy as never],
    overrides: {
      ceilings: {
        assets: {},
        otherAssets: { request: many, day: many },
        keys: {},
        otherKeys: { feesPerDayWei: String(10n ** 24n) },
      },
    },
  });
  const { deploymentId } = made;
  return { file: toWire(made.file), deploymentId, policy, policyHash: hash(policy), rosterHash: hash(roster), key };
}

export type Kind = "mint" | "distribute" | "redeem" | "burn";
/** What brings tokens into the world. */
export const issues = (kind: Kind): boolean => kind === "mint" || kind === "distribute";
export type Deed = {
  readonly kind: Kind;
  readonly said: Envelope;
  readonly amount: bigint;
  readonly by: PersonId;
  /** Of the document of which it is the only part. */
  readonly distribution?: Bytes32;
  signedAt?: number;
  txHash?: Bytes32;
  nonce?: number;
  /** On the chain as it stands, which may take it back until it is final. */
  mined?: { readonly block: number; readonly ok: boolean };
  final?: true;
  /** Enough observers said so. */
  told?: true;
  back?: true;
  instruction?: Instruction;
  /** When what it redeemed left the vault. */
  carriedAt?: number;
};

const word = (text: string): Bytes32 => `0x${text.replace(/^0x/, "").padStart(64, "0")}` as Bytes32;
const transfer = keccak256(utf8("Transfer(address,address,uint256)"));
export const codeOf = (answer: GateAnswer): string => ("code" in answer ? answer.code : answer.kind);

export class World {
  readonly place: GatePlace;
  readonly unit: bigint;
  readonly decimals: number;
  readonly deeds: Deed[] = [];
  /** Said and not delivered yet: whoever carries it chooses when. */
  readonly mail: Envelope[] = [];
  vault = 0n;
  block = 10;
  sequence = 0;
  forks = 0;

  constructor(deployment: Deployment, decimals: number) {
    this.place = openPlace(deployment);
    this.decimals = decimals;
    this.unit = 10n ** BigInt(decimals);
  }

  get supply(): bigint {
    return sum(
      this.deeds.filter(({ mined }) => mined?.ok).map(({ kind, amount }) => (issues(kind) ? amount : -amount)),
    );
  }

  admit(statement: Envelope): Promise<GateAnswer> {
    return this.place.gate.answer({ verb: "admit", statement });
  }

  /** To the gate now, or whenever somebody brings the mail. */
  async say(statements: readonly Envelope[], late: boolean): Promise<void> {
    if (late) this.mail.push(...statements);
    else for (const one of statements) await this.admit(one);
  }

  async ask(kind: Kind, amount: bigint, { by, voters }: { by: PersonId; voters: readonly PersonId[] }): Promise<void> {
    const { place, decimals } = this;
    const of = kind === "distribute" ? this.#yield(amount) : undefined;
    const intent = {
      operation: kind,
      to: issues(kind) ? treasury : address.zero,
      amount: String(amount),
      reference: `R-${String(this.deeds.length)}`,
      expiresAt: place.now + 24 * hour,
      ...(kind === "redeem" ? { destination } : {}),
      ...(of === undefined ? {} : { distribution: of.hash }),
    };
    const said = submission(place.deployment, { now: place.now, by, intent }, decimals);
    await place.admit(said, of === undefined ? undefined : documentOf(of));
    for (const voter of voters) await this.admit(approval(place.deployment, said, voter));
    if (of !== undefined) await this.say(this.#both(recordSight(of)), false);
    this.deeds.push({ kind, said, amount, by, ...(of === undefined ? {} : { distribution: of.hash }) });
  }

  /** A document of its own for each, after the last of which anything is paid, of one holder who gets all of it. */
  #yield(pool: bigint): Apportioned {
    this.block += 1;
    const paid = this.deeds.filter(({ txHash, final, mined }) => txHash !== undefined && !(final && !mined?.ok));
    const previous = paid.findLast(({ distribution }) => distribution !== undefined)?.distribution ?? null;
    return yieldOf(1, {
      recordBlock: this.block,
      recordHash: hash({ record: this.deeds.length }),
      previous,
      pool: pool.toString(),
      escrow: treasury,
      ineligible: [],
      holders: [{ address: treasury, balance: "1" }],
    });
  }

  async sign(deed: Deed): Promise<string> {
    const { place } = this;
    const answer = await place.gate.answer({ verb: "sign", requestId: requestIdOf(deed.said), fees });
    if (answer.kind === "signed" && deed.txHash === undefined)
      Object.assign(deed, { txHash: answer.txHash, nonce: answer.nonce, signedAt: place.now });
    return codeOf(answer);
  }

  /** What stands next in the lane; a burn of more than there is reverts. */
  mine(ok: boolean): void {
    const next = this.deeds.filter(({ txHash, mined }) => txHash !== undefined && mined === undefined);
    const [first] = next.sort((a, b) => (a.nonce ?? 0) - (b.nonce ?? 0));
    if (first === undefined) return;
    this.block += 1;
    const enough = issues(first.kind) || this.supply >= first.amount;
    first.mined = { block: this.block, ok: ok && enough };
  }

  /** Whatever was mined is not, unless it was final; other blocks stand at its height. */
  fork(): void {
    this.forks += 1;
    for (const deed of this.deeds) if (deed.final !== true) delete deed.mined;
  }

  /** The two observers, or one of them, at the newest block. */
  look(by: readonly PersonId[], late: boolean): Promise<void> {
    this.block += 1;
    const { place } = this;
    const nonce = this.deeds.filter(({ mined }) => mined !== undefined).length;
    const token = `token:${goldToken}`;
    const facts = [
      { subject: token, fact: "codehash", value: goldCode },
      { subject: token, fact: "supply", value: this.supply.toString() },
      { subject: token, fact: "paused", value: "false" },
      { subject: `account:${place.deployment.key.account}`, fact: "nonce", value: String(nonce) },
    ];
    return this.say(
      facts.flatMap((fact) => by.map((one) => this.#sighting(one, fact, false))),
      late,
    );
  }

  /** All that was mined so far is final, and the observers say so. */
  async settle(late: boolean): Promise<void> {
    this.block += 1;
    for (const deed of this.deeds) {
      if (deed.mined === undefined || deed.told === true) continue;
      deed.final = true;
      await this.say(this.#outcome(deed, deed.mined, true), late);
      if (!late) deed.told = true;
    }
  }

  /** The observers tell of what was mined before it is final. */
  async glimpse(late: boolean): Promise<void> {
    this.block += 1;
    for (const deed of this.deeds)
      if (deed.mined !== undefined && deed.final !== true) await this.say(this.#outcome(deed, deed.mined, false), late);
  }

  #outcome(deed: Deed, { block, ok }: NonNullable<Deed["mined"]>, finalized: boolean): readonly Envelope[] {
    const { key } = this.place.deployment;
    const token = address.parse(goldToken);
    const [from, to] = issues(deed.kind) ? ["0x0", treasury] : [key.account, "0x0"];
    const data = hex.parse(word(deed.amount.toString(16)));
    const logs = ok ? [{ address: token, topics: [transfer, word(from), word(to)], data }] : [];
    const status = ok ? "success" : "reverted";
    const receipt = { status, from: key.account, nonce: deed.nonce ?? 0, to: token, blockNumber: block, logs } as const;
    const fact = { subject: `tx:${deed.txHash ?? ""}`, fact: "outcome", value: outcomeText(receipt) };
    return this.#both(fact, finalized);
  }

  #both(fact: { subject: string; fact: string; value: string }, finalized = false): readonly Envelope[] {
    return (["obs-1", "obs-2"] as const).map((one) => this.#sighting(one, fact, finalized));
  }

  #sighting(by: PersonId, fact: { subject: string; fact: string; value: string }, finalized: boolean): Envelope {
    const { place, block } = this;
    const blockHash = hash({ block, fork: this.forks });
    return observation(place.deployment, by, fact, {
      blockNumber: block,
      blockTime: place.now,
      overrides: { finalized, blockHash },
    });
  }

  /** Counted now; who lies says that more is there and nothing out. */
  count(by: (typeof attestors)[number], late: boolean, lies = false): Promise<void> {
    this.sequence += 1;
    const { place, decimals, sequence } = this;
    const { message } = attestation(place.deployment, place.now, {
      decimals,
      sequence,
      reserves: String(lies ? this.vault + 9n * this.unit : this.vault),
      supply: lies ? "0" : this.supply.toString(),
      asOf: place.now,
      expiresAt: place.now + 20 * hour,
    });
    return this.say([sign(by, place.deployment.deploymentId, "ReserveAttestation", message)], late);
  }

  async release(deed: Deed): Promise<void> {
    const requestId = requestIdOf(deed.said);
    const answer = await this.place.gate.answer({ verb: "sign", requestId, release: true });
    if (answer.kind === "released") deed.instruction = answer.instruction;
  }

  /** What an instruction names leaves the vault, once, and somebody says so. */
  async carry(deed: Deed, late: boolean): Promise<void> {
    if (deed.instruction === undefined) return;
    const { place } = this;
    if (deed.carriedAt === undefined) {
      place.now += 1;
      deed.carriedAt = place.now;
      this.vault -= deed.instruction.amount;
    }
    await this.say([delivery(place.deployment, deed.instruction, { asOf: deed.carriedAt })], late);
  }

  async takeBack(deed: Deed): Promise<void> {
    const answer = await this.admit(takenBack(this.place.deployment, deed.said));
    if (answer.kind === "admitted") deed.back = true;
  }

  entries(): readonly Entry[] {
    return this.place.journal.leaves(0, 100_000).map(({ bytes }) => entrySchema.parse(decodeLeaf(bytes)));
  }

  /** Long enough that nothing said so far counts. */
  async rest(): Promise<void> {
    this.place.now += long;
    await this.place.close();
  }
}

export const sum = (amounts: readonly bigint[]): bigint => amounts.reduce((all, one) => all + one, 0n);
