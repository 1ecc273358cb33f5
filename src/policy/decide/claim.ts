/** Whose claims are made here: of an issuer whom the token trusts for the topic, under a signature of those who sign for it. */
import type { Address } from "../../values/address.ts";
import { amountSchema } from "../../values/schema.ts";
import type { Asked } from "../asked.ts";
import type { Case, Policy, Token } from "../policy.ts";
import type { Judgement } from "./judgement.ts";

/** Silent of every other operation. A claim is taken away whoever signed it. */
export function judgeClaim({ policy, intent, facts }: Pick<Case, "policy" | "intent" | "facts">): readonly Judgement[] {
  if (intent.operation === "removeClaim") return [judgeTopic(policy.token, intent)];
  if (intent.operation !== "addClaim") return [];
  return [judgeTopic(policy.token, intent), judgeSigner(signersOf(policy.token, intent.issuer), facts.claimSigner)];
}

const clause = { kind: "rule", code: "policy.claim", curable: false } as const;

function judgeTopic({ registries }: Token, { issuer, topic }: Asked): Judgement {
  const trusted = registries?.trusted.find((one) => one.issuer === issuer);
  return {
    ...clause,
    id: "intent.topic",
    ok: trusted !== undefined && topic !== undefined && trusted.topics.includes(topic.toString()),
    observed: `topic ${topic?.toString() ?? "of nothing"} by ${issuer ?? "nobody"}`,
    bound: trusted === undefined ? "an issuer that the token trusts" : `topic ${trusted.topics.join(" or ")}`,
  };
}

function judgeSigner(signers: readonly Address[], signer: Address | undefined): Judgement {
  return {
    ...clause,
    id: "intent.signature",
    ok: signer !== undefined && signers.includes(signer),
    observed: signer === undefined ? "signed by nobody" : `signed by ${signer}`,
    bound: signers.length === 0 ? "none: nobody signs for this issuer here" : `signed by ${signers.join(" or ")}`,
  };
}

function signersOf({ claimSigners }: Token, issuer: Address | undefined): readonly Address[] {
  return issuer === undefined ? [] : [...(claimSigners?.get(issuer) ?? [])];
}

/** What an example leaves out: the first issuer somebody signs for, or else the first that is trusted, and its first topic. */
export function claimed({ token }: Policy, operation: Asked["operation"]): Pick<Asked, "issuer" | "topic"> {
  const trusted = token.registries?.trusted ?? [];
  const first = trusted.find(({ issuer }) => signersOf(token, issuer).length > 0) ?? trusted[0];
  const topic = first?.topics[0];
  if (first === undefined || topic === undefined || (operation !== "addClaim" && operation !== "removeClaim"))
    return {};
  return { issuer: first.issuer, topic: amountSchema.parse(topic) };
}

/** Of the signature that an example leaves out. */
export function goodSigner({ token }: Policy, { operation, issuer }: Asked): Address | undefined {
  return operation === "addClaim" ? signersOf(token, issuer)[0] : undefined;
}
