/** The SDK as programs and pages load it (`countersign/sdk`): one way in, with signature checks that run wherever JavaScript does. */
import { nobleChecks } from "../adapters/crypto-noble/checks.ts";
import { openDeployment, type Deployment } from "../sdk/deployment.ts";
import { parse as parseHash } from "../values/bytes32.ts";

export { approvalMessage, cancellationMessage, checkRequest, requestVetoMessage } from "../sdk/approval.ts";
export { approveBatch, batchMessage, checkBatch } from "../sdk/batch.ts";
export { draftDistribution, partWishes, submitParts } from "../sdk/distribution.ts";
export { freezeMessage, unfreezeMessage } from "../sdk/freeze.ts";
export { checkDocuments } from "../sdk/in-force.ts";
export { deliveryMessage, instructionWords } from "../sdk/instruction.ts";
export { submissionMessage, submissionWords } from "../sdk/submission.ts";

/** `genesis` is the text of the file, `genesisHash` the 32 bytes in hex that you trust. Throws as `openDeployment` of `sdk/` does. */
export function deployment(genesis: string, genesisHash: string): Deployment {
  return openDeployment(genesis, parseHash(genesisHash), nobleChecks);
}
