/** Statements before they are signed on a device: what they come to, and every part that may contradict another. */
import { TypedDataEncoder } from "ethers";
import { expect, test } from "vitest";
import { meaningOf, readSaid, type About } from "../../../src/bundle/meaning.ts";
import { readReview, reviewOf, writeReview, type Saying } from "../../../src/bundle/review.ts";
import { domain, typesOf } from "../../../src/statement/digest.ts";
import { hash, type Json } from "../../../src/values/json.ts";
import { toWire } from "../../../src/values/wire.ts";
import { unfreezeMessage } from "../../../src/sdk/freeze.ts";
import { ceremonyMessage } from "../../../src/gate/key-ceremony.ts";
import { recordOf } from "../../place/key-record.ts";
import { approval, goldDeployment, goldPolicy, idOf, submission } from "../../place/gold.ts";

const deployment = goldDeployment();
const { deploymentId } = deployment;
const said = submission(deployment, { now: 1_800_000_000 });
const policy = toWire(deployment.policy);
const request = { kind: "request", submission: said.message, policy } satisfies About;
const { requestId, intentHash } = said.message;
const document = toWire(goldPolicy({ version: 2 }));
const lifted = unfreezeMessage({ scope: "asset", target: "GLD" }, [idOf("a"), idOf("b")], 1_800_000_000);
const change = {
  documentHash: hash(document),
  version: 2,
  previous: deployment.policyHash,
  class: "loosen",
  reportHash: idOf("report"),
};

type Row = readonly [kind: Saying["kind"], message: Json, about: About, words: string];
const rows: readonly Row[] = [
  ["Submission", said.message, request, "ask for: mint 100 GLD to 0x"],
  ["Approval", approval(deployment, said, "carla").message, request, "approve: mint 100 GLD to 0x"],
  [
    "Approval",
    approval(deployment, said, "carla", { decision: "reject" }).message,
    request,
    "reject, for good: mint 100 GLD to 0x",
  ],
  [
    "Cancellation",
    { requestId: requestId!, intentHash: intentHash!, reason: "no" },
    request,
    "take back: mint 100 GLD",
  ],
  ["Veto", { target: requestId!, intentHash: intentHash!, reason: "no" }, request, "veto: mint 100 GLD to 0x"],
  [
    "Veto",
    { target: hash(document), intentHash: `0x${"00".repeat(32)}`, reason: "no" },
    { kind: "document", document },
    "veto the policy of GLD, version 2",
  ],
  [
    "PolicyChange",
    change,
    { kind: "document", document },
    "bring into force the policy of GLD, version 2, which loosens",
  ],
  [
    "Freeze",
    { scope: "asset", target: "GLD", reason: "no", freezeId: idOf("f") },
    { kind: "itself" },
    "freeze asset GLD",
  ],
  [
    "Freeze",
    { scope: "deployment", target: "deployment", reason: "no", freezeId: idOf("f") },
    { kind: "itself" },
    "freeze the whole deployment",
  ],
  [
    "Unfreeze",
    toWire(lifted.message),
    { kind: "freezes", freezeIds: [...lifted.attachment] },
    "lift 2 named freezes of asset GLD",
  ],
  [
    "KeyCeremony",
    toWire(ceremonyMessage(recordOf())),
    { kind: "itself" },
    "say that you were at the ceremony (keygen) of the key hsm-mint, 0x",
  ],
];

test.each(rows)(
  "a %s comes to its words, and its hashes are those of another library",
  (kind, message, about, words) => {
    const saying = { deploymentId, kind, message, about };
    const file = JSON.parse(JSON.stringify(writeReview(saying))) as Json;
    const review = readReview(file);
    expect(review).toEqual(reviewOf(saying));
    expect(review.words.startsWith(words)).toBe(true);
    const own = message as Record<string, unknown>;
    expect(review.domainHash).toBe(TypedDataEncoder.hashDomain(domain(deploymentId)));
    expect(review.messageHash).toBe(TypedDataEncoder.hashStruct(kind, typesOf(kind), own));
    expect(review.digest).toBe(TypedDataEncoder.hash(domain(deploymentId), typesOf(kind), own));
    expect(review.screen).toEqual((typesOf(kind)[kind] ?? []).map(({ name }) => [name, String(own[name])]));
  },
);

/** The same file with one place changed, and the place that gives it away. */
const contradictions: readonly (readonly [
  string,
  Row,
  (file: Record<string, Record<string, Json>>) => void,
  string,
])[] = [
  ["the amount of an approval", rows[1]!, (file) => (file["message"]!["amount"] = "1"), "message.amount"],
  ["the amount in words", rows[1]!, (file) => (file["message"]!["amountText"] = "1 GLD"), "message.amountText"],
  ["the policy of an approval", rows[1]!, (file) => (file["message"]!["policyHash"] = idOf("x")), "message.policyHash"],
  [
    "the decimals behind the words",
    rows[1]!,
    (file) => (file["about"]!["policy"] = toWire(goldPolicy({ token: { ...goldPolicy().token, decimals: 6 } }))),
    "about.submission.message.amountText",
  ],
  [
    "the asset of the policy",
    rows[1]!,
    (file) => (file["about"]!["policy"] = { ...(policy as object), asset: "OTHER" }),
    "about.policy",
  ],
  [
    "the request's own hash",
    rows[1]!,
    (file) => ((file["about"]!["submission"] as Record<string, Json>)["intentHash"] = idOf("x")),
    "about.submission.message.intentHash",
  ],
  ["the target of a veto", rows[4]!, (file) => (file["message"]!["target"] = idOf("x")), "message.target"],
  [
    "the request of a cancellation",
    rows[3]!,
    (file) => (file["message"]!["requestId"] = idOf("x")),
    "message.requestId",
  ],
  [
    "the intent of a cancellation",
    rows[3]!,
    (file) => (file["message"]!["intentHash"] = idOf("x")),
    "message.intentHash",
  ],
  ["the document of a veto", rows[5]!, (file) => (file["about"]!["document"] = { kind: "Policy" }), "message.target"],
  [
    "the document of a change",
    rows[6]!,
    (file) => (file["message"]!["documentHash"] = idOf("x")),
    "message.documentHash",
  ],
  ["the version of a change", rows[6]!, (file) => (file["message"]!["version"] = 3), "message.version"],
  ["the list of freezes", rows[9]!, (file) => (file["about"]!["freezeIds"] = [idOf("a")]), "message.freezesHash"],
  ["the words claimed", rows[1]!, (file) => (file["claims"]!["words"] = "approve: mint 1 GLD"), "claims.words"],
  ["the digest claimed", rows[1]!, (file) => (file["claims"]!["digest"] = idOf("x")), "claims.digest"],
  ["the domain hash claimed", rows[7]!, (file) => (file["claims"]!["domainHash"] = idOf("x")), "claims.domainHash"],
  ["the message hash claimed", rows[7]!, (file) => (file["claims"]!["messageHash"] = idOf("x")), "claims.messageHash"],
  ["what it is about", rows[1]!, (file) => (file["about"] = { kind: "itself" }), "about.kind"],
  ["what a freeze is about", rows[7]!, (file) => (file["about"] = { kind: "document", document: 1 }), "about.kind"],
];

test.each(contradictions)("whoever changes %s is told where", (_, [kind, message, about], change_, field) => {
  const file = JSON.parse(JSON.stringify(writeReview({ deploymentId, kind, message, about }))) as Record<
    string,
    Record<string, Json>
  >;
  change_(file);
  let wrong: unknown;
  try {
    readReview(file);
  } catch (error) {
    wrong = error;
  }
  expect(wrong).toMatchObject({ name: "InvalidValue" });
  expect((wrong as { field: string }).field).toContain(field);
});

test("a file with a field too many, another format or a message of another kind is refused", () => {
  const [kind, message, about] = rows[1]!;
  const file = writeReview({ deploymentId, kind, message, about }) as Record<string, Json>;
  for (const wrong of [
    { ...file, note: "x" },
    { ...file, format: "countersign-review/2" },
    { ...file, kind: "Veto" },
  ])
    expect(() => readReview(wrong)).toThrow();
});

test("a kind without words of its own says that its fields do", () => {
  const session = { origin: "https://a.example", challenge: idOf("c"), expiresAt: 1_800_000_000 };
  expect(meaningOf(readSaid("Session", session), { kind: "itself" }).words).toBe(
    "say what the fields of this Session say",
  );
});
