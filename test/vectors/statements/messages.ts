/** One message of every kind, in JSON form, for vectors: plausible values, each field different from every other. */
import { details } from "../../../src/intent/words.ts";
import { intentHash, parse } from "../../../src/intent/intent.ts";
import type { Envelope } from "../../../src/statement/envelope.ts";
import type { Kind } from "../../../src/statement/message.ts";
import type { Bytes32 } from "../../../src/values/bytes32.ts";
import { sha256, utf8 } from "../../../src/values/digest.ts";

const named = (word: string): Bytes32 => sha256(utf8(`vector ${word}`));
const address = (digit: string): string => `0x${digit.repeat(40)}`;

const wire = {
  operation: "mint",
  asset: "GLD",
  chainId: 31_337,
  account: address("1"),
  to: address("2"),
  amount: "1000500000000000000000",
  reference: "RCPT-42",
  feeCeilingWei: "50000000000000000",
  notBefore: 1_793_000_000,
  expiresAt: 1_793_086_400,
} as const;

const intent = parse(wire);
const { reference, notBefore, ...shown } = wire;
const words = { amountText: "1,000.5 GLD", details: details(intent) };

/** `deploymentId` is what a proof of possession in a genesis binds. */
export function messagesOf(deploymentId: Bytes32): Record<Kind, Envelope["message"]> {
  const change = { documentHash: named("document"), version: 7, previous: named("previous"), reportHash: named("report") };
  const hashes = { requestId: named("request"), intentHash: intentHash(intent) };
  return {
    Submission: { ...shown, ...words, reference, notBefore, ...hashes },
    Approval: { decision: "approve", ...shown, ...words, ...hashes, policyHash: named("policy"), rosterHash: named("roster"), reason: "receipt 42 seen in the vault", approvalId: named("approval") },
    BatchApproval: { decision: "approve", operation: "mint", asset: "GLD", chainId: 31_337, count: 3, total: "3001500000000000000000", totalText: "3,001.5 GLD", largest: "1500000000000000000000", merkleRoot: named("root"), policyHash: named("policy"), rosterHash: named("roster"), expiresAt: wire.expiresAt, batchId: named("batch") },
    Cancellation: { ...hashes, reason: "typed the wrong receipt" },
    Veto: { target: named("document"), intentHash: `0x${"0".repeat(64)}`, reason: "nobody told compliance" },
    Freeze: { scope: "asset", target: "GLD", reason: "the attestor's key is lost", freezeId: named("freeze") },
    Unfreeze: { freezesHash: named("freezes"), scope: "asset", target: "GLD", expiresAt: wire.expiresAt },
    Resumption: { epoch: 1, logSize: 4_711, logRoot: named("log"), expiresAt: wire.expiresAt },
    GatePromotion: { epoch: 2, logSize: 4_711, logRoot: named("log"), logKey: named("log key"), expiresAt: wire.expiresAt },
    Delivery: { requestId: named("request"), burn: named("burn"), reference: "WAYBILL-991", asOf: 1_793_000_100 },
    PolicyChange: { ...change, class: "loosen" },
    RosterChange: { ...change, class: "tighten" },
    Possession: { holder: "carla", credential: "carla-1", documentHash: deploymentId },
    Session: { origin: "http://127.0.0.1:8420", challenge: named("challenge"), expiresAt: wire.expiresAt },
    ReserveAttestation: { asset: "GLD", chainId: 31_337, token: address("3"), unit: "gram of fine gold", decimals: 18, reserves: "5000000000000000000000", supply: "4000000000000000000000", supplyBlock: 123, asOf: wire.notBefore, expiresAt: wire.expiresAt, reportHash: named("report"), sequence: 12 },
    ChainObservation: { chainId: 31_337, blockNumber: 128, blockHash: named("block"), blockTime: 1_793_000_100, finalized: true, subject: `token:${address("3")}`, fact: "supply", value: "4000000000000000000000", expiresAt: 1_793_000_700 },
    PriceAttestation: { subject: "GLD/USD", value: "64.105", source: "lbma-pm", asOf: wire.notBefore, expiresAt: 1_793_000_900 },
    IdentityAttestation: { subject: `address:${address("2")}`, value: "verified", source: "kyc-desk", asOf: wire.notBefore, expiresAt: wire.expiresAt },
    DocumentAttestation: { subject: "reference:RCPT-42", value: named("receipt"), source: "vault-2", asOf: wire.notBefore, expiresAt: wire.expiresAt },
    KeyCeremony: { ceremony: "keygen", key: "hsm-mint", account: address("1"), publicKey: `0x04${"5".repeat(128)}`, label: "countersign/prod/hsm-mint/1", tokenSerial: "18fc1a097e234683", madeAt: wire.notBefore, recordHash: named("record") },
  };
}
