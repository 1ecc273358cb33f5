/** One deployment as a stranger holds it who trusts its genesis and nobody's server: everything a program or a page does there begins here. */
import { strictly } from "../bundle/strict-text.ts";
import { otherGate } from "../bundle/succession.ts";
import { verifyBundle, type Verdict } from "../bundle/verify.ts";
import { openStanding } from "../gate/promotion.ts";
import { logKeyOf, type Standing } from "../gate/standing.ts";
import type { Instruction, Receipt } from "../log/entry.ts";
import type { Credential } from "../roster/roster.ts";
import type { Envelope } from "../statement/envelope.ts";
import { readStatement } from "../statement/read.ts";
import type { ProofVerdict } from "../statement/verdict.ts";
import { verifyStatement } from "../statement/verify.ts";
import type { Bytes32 } from "../values/bytes32.ts";
import { InvalidValue } from "../values/errors.ts";
import { parseStrict, type Json } from "../values/json.ts";
import type { SignatureChecks } from "../values/signature-checks.ts";
import { createClient, type Client, type ClientOptions } from "./client.ts";
import { doubtOf } from "./delivery.ts";
import { readInstruction } from "./instruction.ts";
import { checkFollowed, type InForce } from "./followed.ts";
import { keySigner, type SignBytes } from "./key-signer.ts";
import { passkeySigner, type PasskeyAsk } from "./passkey-signer.ts";
import type { Signer } from "./signer.ts";
import { walletSigner, type WalletProvider } from "./wallet-signer.ts";
import { holdLog, openCheckpoint, type Head, type Leaf, type WholeLog } from "./whole-log.ts";

type Of<K extends Credential["kind"]> = Extract<Credential, { kind: K }>;

export type Deployment = {
  readonly standing: Standing;
  /** Receipts are held against the genesis: nothing else is ever called delivered. */
  readonly client: (options: Pick<ClientOptions, "baseUrl" | "origin" | "signer" | "fetch" | "timeoutMs">) => Client;
  readonly wallet: (credential: Of<"wallet">, provider: WalletProvider) => Signer;
  readonly passkey: (credential: Of<"passkey">, ask: PasskeyAsk) => Signer;
  readonly key: (credential: Of<"key">, sign: SignBytes) => Signer;
  /** Whether this credential said this here. Throws `InvalidValue` `statement.*` for what is no statement. */
  readonly verifyStatement: (envelope: unknown, credential: Credential) => ProofVerdict;
  /** What documents come to. Throws `InvalidValue` `client.untrue` unless every one follows from the genesis by signed changes. */
  readonly checkFollowed: (shown: InForce, changes: readonly Json[]) => Standing;
  /** Why a receipt does not prove that the gate has this statement; undefined when it does. */
  readonly doubt: (receipt: Receipt, statement: Envelope) => string | undefined;
  /** What the gate signed for whoever keeps the collateral. Throws `InvalidValue` `client.untrue` for what it did not. */
  readonly instruction: (json: unknown) => Instruction;
  /** What a checkpoint says. Throws `InvalidValue` `log.*` unless the log key and enough witnesses signed it. */
  readonly head: (checkpoint: string) => Head;
  /** The whole log under a checkpoint. Throws `InvalidValue` `log.*` unless it is all of it, from our genesis on. */
  readonly holdLog: (checkpoint: string, leaves: readonly Leaf[]) => WholeLog;
  /** Text of the file. Total: what is no strict JSON is `wrong`. */
  readonly verifyBundle: (text: string) => Verdict;
};

const maxDepth = 40;

/** Throws `InvalidValue` `genesis.*` for a file that does not hold, and `genesis.other` when it is not the one that is pinned. */
export function openDeployment(genesis: string, pinned: Bytes32, checks: SignatureChecks): Deployment {
  const deployment = openOwnDeployment(genesis, checks);
  const { deploymentId } = deployment.standing;
  if (deploymentId !== pinned)
    throw new InvalidValue("genesis.other", `this is the genesis of ${deploymentId}, you trust ${pinned}`);
  return deployment;
}

/** Of a file that is trusted for where it comes from: the caller's own hands, and never a server. */
export function openOwnDeployment(genesis: string, checks: SignatureChecks): Deployment {
  const standing = openStanding(parseStrict(genesis, maxDepth), checks);
  const { deploymentId } = standing;
  const own = { deploymentId, checks };
  const pins = { ...own, logPublicKey: logKeyOf(standing) };
  return {
    standing,
    client: (options) => createClient({ ...options, ...pins }),
    wallet: (credential, provider) => walletSigner({ ...own, credential }, provider),
    passkey: (credential, ask) => passkeySigner({ ...own, credential }, ask),
    key: (credential, sign) => keySigner({ ...own, credential }, sign),
    verifyStatement: (envelope, credential) =>
      verifyStatement({ deploymentId, checks, credential, statement: readStatement(envelope) }),
    checkFollowed: (shown, changes) => checkFollowed(shown, changes, { standing, checks }),
    doubt: (receipt, statement) => doubtOf(receipt, statement, pins),
    instruction: (json) => readInstruction(json, pins),
    head: (checkpoint) => openCheckpoint({ standing, checks }, checkpoint),
    holdLog: (checkpoint, leaves) => holdLog({ standing, checks }, checkpoint, leaves),
    verifyBundle: (text) => strictly(text, (json) => verifyOwn(json, standing, checks)),
  };
}

/** A bundle may end before the last gate that we know; one of another gate than that is wrong, whoever promoted it. */
function verifyOwn(json: Json, { deploymentId, epochs }: Standing, checks: SignatureChecks): Verdict {
  const verdict = verifyBundle(json, deploymentId, checks);
  const other = verdict.kind === "wrong" ? undefined : otherGate(json, epochs);
  return other === undefined ? verdict : { kind: "wrong", field: other.field, why: other.why };
}
