/** What `bundle digest` prints: the intent in words, who agreed so far, and what the device's screen must show, field by field. */
import { reportJson } from "../bundle/report.ts";
import type { Review } from "../bundle/review.ts";
import type { ScreenLine, ShownBundle, ShownTransaction } from "../bundle/shown.ts";
import type { Verdict } from "../bundle/verify.ts";
import type { Digested } from "../compose/bundle-verifier.ts";
import { checksum } from "../values/address.ts";
import type { Bytes32 } from "../values/bytes32.ts";
import { toWire } from "../values/wire.ts";

/** `isPinned`: the reader named the genesis they trust. */
export function digestLines(digested: Digested, isPinned: boolean): readonly string[] {
  return digested.kind === "bundle"
    ? bundleLines(digested.shown, digested.name, isPinned)
    : reviewLines(digested.review, isPinned);
}

export function digestJson(digested: Digested | Extract<Verdict, { kind: "wrong" }>, isPinned: boolean): unknown {
  switch (digested.kind) {
    case "wrong":
      return digested;
    case "review":
      return { kind: digested.kind, isPinned, review: digested.review };
    case "bundle": {
      const { report, token, transactions } = digested.shown;
      return { kind: "bundle", isPinned, name: digested.name, token, transactions, report: toWire(reportJson(report)) };
    }
  }
}

function bundleLines(
  { report, token, transactions }: ShownBundle,
  name: Bytes32,
  isPinned: boolean,
): readonly string[] {
  const { initiator, policy, key } = report;
  return [
    `what       ${report.intent}`,
    `request    ${report.requestId}`,
    `intent     ${report.intentHash}`,
    deploymentLine(report.deployment, isPinned),
    `asked by   ${initiator.name} (${initiator.person})`,
    ...report.agreed.map(
      (one) => `agreed     ${one.name} (${one.person})${one.seat === null ? "" : `, for ${one.seat}`}`,
    ),
    `policy     ${policy.asset} version ${policy.version}, rule ${policy.rule}, tier ${policy.tier + 1} (${policy.hash})`,
    `token      ${checksum(token.address)}, ${token.decimals} decimals`,
    `key        ${key.id}, ${key.account}, ${key.backend}`,
    ...transactions.flatMap((one) =>
      transactionLines(one, { isOnDevice: key.backend === "ledger", isLast: one === transactions.at(-1) }),
    ),
    "",
    `bundle     ${name}`,
  ];
}

/** What stands last may still be signed; what does not, and was not, never will be. */
function transactionLines(
  { call, nonce, screen, isSigned }: ShownTransaction,
  { isOnDevice, isLast }: { readonly isOnDevice: boolean; readonly isLast: boolean },
): readonly string[] {
  const [standing, head] = isSigned
    ? ["signed", "what was signed:"]
    : isLast
      ? ["waits for its signature", isOnDevice ? screenHead : "what will be signed:"]
      : ["never signed", "what was not signed:"];
  return ["", `call       ${call}, nonce ${nonce}, ${standing}`, ...under(head, screen)];
}

function reviewLines(review: Review, isPinned: boolean): readonly string[] {
  return [
    `what       ${review.words}`,
    ...review.rests.map(([title, text]) => `${title.padEnd(10)} ${text}`),
    deploymentLine(review.deployment, isPinned),
    "",
    `statement  ${review.kind}, not signed yet`,
    ...under(screenHead, review.screen),
    "where a wallet shows hashes:",
    `  domain hash: ${review.domainHash}`,
    `  message hash: ${review.messageHash}`,
    `  digest: ${review.digest}`,
  ];
}

/** Titles differ a little from model to model; what they say does not. */
const screenHead = "the device's screen must show:";

function under(head: string, screen: readonly ScreenLine[]): readonly string[] {
  return [head, ...screen.map(([title, text]) => `  ${title}: ${text}`)];
}

function deploymentLine(deployment: string, isPinned: boolean): string {
  const known = isPinned ? "as you asked" : "compare it with the one you know, or name that with --genesis";
  return `deployment ${deployment} (${known})`;
}
