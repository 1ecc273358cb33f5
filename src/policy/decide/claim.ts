/** Whose claims are made here: of an issuer whom the token trusts for the topic, under a signature of those who sign for it. */
import type { Address } from "../../values/address.ts";
import { amountSchema } from "../../values/schema.ts";
import type { Asked } from "../asked.ts";
import type { Case, Policy, Token } from "../policy.ts";
import type { Judgement } from "./judgement.ts";

/** Silent of every other operation. A claim is taken away whoever signed it. */
export function judgeClaim({ policy, intent, facts }: Pick<Case, "policy" | "intent" | "facts">): readonly Judgement[] {
  const { operation, issuer, topic } = intent;
  if (operation !== "addClaim" && operation !== "removeClaim") return [];
  const clause = { kind: "rule", code: "policy.claim", curable: false } as const;
  const trusted = policy.token.registries?.trusted.find((one) => one.issuer === issuer);
  const about: Judgement = {
    ...clause,
    id: "intent.topic",
    ok: trusted !== undefined && topic !== undefined && trusted.topics.includes(topic.toString()),
    observed: `topic ${topic?.toString() ?? "of nothing"} by ${issuer ?? "nobody"}`,
    bound: trusted === undefined ? "an issuer that the token trusts" : `topic ${trusted.topics.join(" or ")}`,
  };
  if (operation === "removeClaim") return [about];
  const signers = signersOf(policy.token, issuer);
  const { claimSigner } = facts;
  return [
    about,
    {
      ...clause,
      id: "intent.signature",
      ok: claimSigner !== undefined && signers.includes(claimSigner),
      observed: claimSigner === undefined ? "signed by nobody" : `signed by ${claimSigner}`,
      bound: signers.length === 0 ? "none: nobody signs for this issuer here" : `signed by ${signers.join(" or ")}`,
    },
  ];
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
