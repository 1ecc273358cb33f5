/** The gold token's policy and a deployment around it, as the tests use them. */
import type { PolicyDocument } from "../../src/policy/document/document.ts";
import { readPolicyDocument } from "../../src/policy/document/document.ts";
import { furtherArgumentNames } from "../../src/intent/further-argument.ts";
import { intentHash, parse as parseIntent, type Intent } from "../../src/intent/intent.ts";
import { amountText, details } from "../../src/intent/words.ts";
import type { Envelope } from "../../src/statement/envelope.ts";
import type { Bytes32 } from "../../src/values/bytes32.ts";
import { sha256, utf8 } from "../../src/values/digest.ts";
import { hash, type Json } from "../../src/values/json.ts";
import { toWire } from "../../src/values/wire.ts";
import { genesisFile, managedKey, rosterOf, sign, type PersonId } from "./people.ts";
import type { ManagedKey } from "../../src/roster/roster.ts";

export const goldToken = `0x${"11".repeat(20)}`;
export const goldCode = `0x${"ab".repeat(32)}`;
export const treasury = `0x${"aa".repeat(20)}`;
export const chainId = 31_337;
export const units = (whole: number): string => String(BigInt(whole) * 10n ** 18n);

/** Anything of the policy may be overridden; the token's fields too. */
export function goldPolicy(overrides: Readonly<Record<string, unknown>> = {}): PolicyDocument {
  const mint = { group: "custodians", min: 2 };
  return readPolicyDocument({
    apiVersion: "countersign/v1",
    kind: "Policy",
    asset: "GLD",
    version: 1,
    previous: null,
    timezone: "Europe/Zurich",
    token: { chain: chainId, address: goldToken, decimals: 18, standard: "role-erc20", codehash: goldCode },
    lists: { treasury: { entries: [{ address: treasury, label: "Bank A omnibus" }] } },
    groups: {
      custodians: { min: 3 },
      compliance: { min: 1 },
      officers: { min: 3 },
      observers: { min: 2 },
      attestors: { min: 1 },
    },
    separation: [
      ["issuers", "custodians"],
      ["officers", "custodians"],
    ],
    guards: [
      {
        id: "reserves-cover",
        when: { operation: "mint" },
        require: { evidence: "reserve", by: { group: "attestors", min: 1 }, maxAge: "24h", cover: { ratio: "1.00" } },
      },
      { id: "fee", unless: { maxFee: { lte: "0.05 ETH" } }, deny: true },
    ],
    limits: [
      {
        id: "mint-day",
        when: { operation: "mint" },
        metric: "sum",
        window: "rolling 24h",
        per: "asset",
        max: "5000 GLD",
        over: "deny",
      },
    ],
    rules: [
      {
        id: "mint",
        when: { operation: "mint", initiator: { group: "issuers" }, to: { in: "treasury" } },
        tiers: [
          { upTo: "1000 GLD", quorum: mint, sign: "hsm-mint" },
          {
            upTo: "5000 GLD",
            quorum: { all: [mint, { group: "compliance", min: 1 }] },
            delay: "30m",
            sign: "hsm-mint",
          },
        ],
      },
      {
        id: "redeem",
        when: { operation: "redeem", initiator: { group: "issuers" } },
        tiers: [{ upTo: "5000 GLD", quorum: { group: "custodians", min: 1 }, sign: "hsm-mint" }],
      },
      {
        id: "pause",
        when: { operation: "pause", initiator: { group: "officers" } },
        tiers: [{ upTo: "max", quorum: { group: "officers", min: 1 }, sign: "hsm-mint" }],
      },
    ],
    change: {
      tighten: { quorum: { group: "officers", min: 1 } },
      loosen: { quorum: { group: "officers", min: 2 }, delay: "1h", veto: { group: "compliance", min: 1 } },
    },
    ...overrides,
  });
}

export type Deployment = {
  readonly file: Json;
  readonly deploymentId: Bytes32;
  readonly policy: PolicyDocument;
  readonly policyHash: Bytes32;
  readonly rosterHash: Bytes32;
  readonly key: ManagedKey;
};

/** A genesis around the policy and one managed key; the key is a test secret unless given. */
export function goldDeployment(
  given: {
    policy?: PolicyDocument;
    key?: ManagedKey;
    /** Managed keys beside the one that requests name. */ others?: readonly ManagedKey[];
    overrides?: Readonly<Record<string, unknown>>;
  } = {},
): Deployment {
  const policy = given.policy ?? goldPolicy();
  const key = given.key ?? managedKey("hsm-mint");
  const roster = rosterOf([key, ...(given.others ?? [])]);
  const made = genesisFile({
    roster,
    policies: [policy as unknown as Json & { asset: string }],
    ...(given.overrides === undefined ? {} : { overrides: given.overrides }),
  });
  return {
    file: toWire(made.file),
    deploymentId: made.deploymentId,
    policy,
    policyHash: hash(policy),
    rosterHash: hash(roster),
    key,
  };
}

/** A request id that is a function of a word. */
export const idOf = (word: string): Bytes32 => sha256(utf8(`id ${word}`));

export type Asked = {
  readonly requestId?: Bytes32;
  readonly now: number;
  readonly intent?: Readonly<Record<string, unknown>>;
  readonly by?: PersonId;
};

export function intentOf({ key }: Deployment, { now, intent = {} }: Asked): Intent {
  return parseIntent({
    operation: "mint",
    asset: "GLD",
    chainId,
    account: key.account,
    to: treasury,
    amount: units(100),
    reference: "DEPOSIT-1",
    feeCeilingWei: String(5n * 10n ** 16n),
    notBefore: now - 10,
    expiresAt: now + 3600,
    ...intent,
  });
}

/** A submission signed by an issuer. */
export function submission(deployment: Deployment, asked: Asked, decimals = 18): Envelope {
  const intent = intentOf(deployment, asked);
  // Further arguments stand in the line of details alone.
  const fields = Object.entries(intent).filter(([name]) => !furtherArgumentNames.some((one) => one === name));
  const message = {
    requestId: asked.requestId ?? idOf(intent.reference),
    ...Object.fromEntries(fields),
    amountText: amountText(intent, decimals),
    details: details(intent),
    intentHash: intentHash(intent),
  };
  return sign(asked.by ?? "ida", deployment.deploymentId, "Submission", message);
}

/** An approval of what a submission says, signed by somebody; any field may be overridden before signing. */
export function approval(
  deployment: Deployment,
  said: Envelope,
  by: PersonId,
  overrides: Readonly<Record<string, unknown>> = {},
): Envelope {
  const {
    requestId,
    operation,
    asset,
    account,
    to,
    amount,
    amountText: text,
    details: words,
    feeCeilingWei,
    intentHash: ofIntent,
    expiresAt,
  } = said.message;
  const message = {
    decision: "approve",
    requestId,
    operation,
    asset,
    chainId: said.message["chainId"],
    account,
    to,
    amount,
    amountText: text,
    details: words,
    feeCeilingWei,
    intentHash: ofIntent,
    policyHash: deployment.policyHash,
    rosterHash: deployment.rosterHash,
    reason: "checked against the deposit receipt",
    expiresAt,
    approvalId: idOf(`${by} ${String(requestId)} ${JSON.stringify(overrides)}`),
    ...overrides,
  };
  return sign(by, deployment.deploymentId, "Approval", message);
}

export type Seen = {
  readonly blockNumber?: number;
  readonly blockTime: number;
  readonly overrides?: Readonly<Record<string, unknown>>;
};

/** What one observer says of one fact at one block. */
export function observation(
  deployment: Deployment,
  by: PersonId,
  fact: { subject: string; fact: string; value: string },
  { blockNumber = 10, blockTime, overrides = {} }: Seen,
): Envelope {
  return sign(by, deployment.deploymentId, "ChainObservation", {
    chainId,
    blockNumber,
    blockHash: idOf(`block ${String(blockNumber)}`),
    blockTime,
    finalized: false,
    expiresAt: blockTime + 300,
    ...fact,
    ...overrides,
  });
}

/** Everything both observers say of the token and the account at one block. */
export function sightings(
  deployment: Deployment,
  seen: Seen,
  values: { supply?: string; paused?: string; codehash?: string; nonce?: string } = {},
): Envelope[] {
  const token = `token:${deployment.policy.token.address}`;
  const facts = [
    { subject: token, fact: "codehash", value: values.codehash ?? deployment.policy.token.codehash },
    { subject: token, fact: "implementation", value: `0x${"00".repeat(20)}` },
    { subject: token, fact: "supply", value: values.supply ?? "0" },
    { subject: token, fact: "paused", value: values.paused ?? "false" },
    { subject: `account:${deployment.key.account}`, fact: "nonce", value: values.nonce ?? "0" },
  ];
  return facts.flatMap((fact) => (["obs-1", "obs-2"] as const).map((by) => observation(deployment, by, fact, seen)));
}

/** The vault auditor's word on the reserves. */
export function attestation(
  deployment: Deployment,
  now: number,
  overrides: Readonly<Record<string, unknown>> = {},
): Envelope {
  return sign("vault-auditor", deployment.deploymentId, "ReserveAttestation", {
    asset: "GLD",
    chainId,
    token: deployment.policy.token.address,
    unit: "troy ounce",
    decimals: 18,
    reserves: units(10_000),
    supply: "0",
    supplyBlock: 1,
    asOf: now - 60,
    expiresAt: now + 36_000,
    reportHash: idOf("report"),
    sequence: 1,
    ...overrides,
  });
}

/** Guards that ask attestors for two fresh prices, and the desk for a verified holder and a document. */
export const askingGuards: readonly Json[] = [
  {
    id: "fresh-price",
    when: { operation: "mint" },
    require: { evidence: "price", maxAge: "60s", sources: 2, deviation: "0.01" },
  },
  {
    id: "verified-holder",
    when: { operation: "mint" },
    require: { evidence: "identity", by: { group: "verifiers", min: 1 } },
  },
  {
    id: "receipt",
    when: { operation: "mint" },
    require: { evidence: "document", by: { group: "verifiers", min: 1 } },
  },
];

export type Word = {
  readonly subject: string;
  readonly value: string;
  readonly source: string;
  readonly asOf: number;
  readonly expiresAt: number;
};

/** A word of the vault's auditor on the price, good for ten minutes. */
export function pricedAt(deployment: Deployment, now: number, overrides: Partial<Word> = {}): Envelope {
  const usual = { subject: "GLD/USD", value: "64.10", source: "lbma-pm", asOf: now - 5, expiresAt: now + 600 };
  return sign("vault-auditor", deployment.deploymentId, "PriceAttestation", { ...usual, ...overrides });
}

/** The desk's word on the holder of the treasury's address. */
export function identified(deployment: Deployment, now: number, overrides: Partial<Word> = {}): Envelope {
  const usual = { subject: `address:${treasury}`, value: "verified", source: "register", asOf: now - 5 };
  const message = { ...usual, expiresAt: now + 36_000, ...overrides };
  return sign("kyc-desk", deployment.deploymentId, "IdentityAttestation", message);
}

/** The desk's word on the document behind a reference. */
export function documented(deployment: Deployment, now: number, overrides: Partial<Word> = {}): Envelope {
  const usual = { subject: "reference:DEPOSIT-1", value: idOf("receipt"), source: "vault-2", asOf: now - 5 };
  const message = { ...usual, expiresAt: now + 36_000, ...overrides };
  return sign("kyc-desk", deployment.deploymentId, "DocumentAttestation", message);
}

/** All that the asking guards want for a mint with this reference. */
export function words(deployment: Deployment, now: number, reference = "DEPOSIT-1"): Envelope[] {
  return [
    pricedAt(deployment, now),
    pricedAt(deployment, now, { source: "comex", value: "64.30" }),
    identified(deployment, now),
    documented(deployment, now, { subject: `reference:${reference}` }),
  ];
}
