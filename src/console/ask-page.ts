/** Asking for something: a form for each operation, what the policy would say of it while it is typed, and one signature. */
import { h, type JSX } from "preact";
import { useState } from "preact/hooks";
import type { Operation } from "../intent/operation.ts";
import { submissionWords, type Wish } from "../sdk/submission.ts";
import { useAnswer } from "./answer.ts";
import { AskButton } from "./ask-button.ts";
import { askable, emptyDraft, fieldsOf, keysFor, wishOf, type Draft } from "./draft-request.ts";
import { choice, field } from "./form-field.ts";
import { readInForce, type InForce, type PolicyInForce } from "./in-force.ts";
import { whenKnown, wordsOf } from "./notice.ts";
import { Outlook } from "./outlook.ts";
import { said } from "./said.ts";
import type { Visitor } from "./shell.ts";

export function AskPage({ visitor }: { readonly visitor: Visitor }): JSX.Element {
  const [answer, again] = useAnswer(() => readInForce(visitor), "ask");
  return h(
    "div",
    {},
    whenKnown(answer, "the policies", (inForce) => h(AskForm, { visitor, inForce }), again),
  );
}

type FormProps = { readonly visitor: Visitor; readonly inForce: InForce };

function AskForm({ visitor, inForce }: FormProps): JSX.Element {
  const assets = [...inForce.policies.keys()];
  const [asset, setAsset] = useState(assets[0] ?? "");
  const [isLocked, lock] = useState(false);
  const chosen = inForce.policies.get(asset);
  if (chosen === undefined) return h("p", {}, "There is no policy in force.");
  return h(
    "div",
    {},
    assets.length < 2
      ? null
      : h("fieldset", { disabled: isLocked }, choice("asset", "Asset", asset, { options: assets, set: setAsset })),
    h(OfAsset, { key: asset, visitor, inForce, chosen, isLocked, lock }),
  );
}

type OfAssetProps = FormProps & {
  readonly chosen: PolicyInForce;
  readonly isLocked: boolean;
  readonly lock: (isLocked: boolean) => void;
};
type Read =
  | { readonly kind: "whole"; readonly wish: Wish; readonly words: string }
  | { readonly kind: "lacking"; readonly error: unknown };

function OfAsset({ visitor, inForce, chosen, isLocked, lock }: OfAssetProps): JSX.Element {
  const { policy } = chosen;
  const [now] = useState(() => Math.floor(Date.now() / 1_000));
  const offers = askable(policy);
  const [draft, setDraft] = useState<Draft>(() => emptyDraft(offers[0] ?? "mint"));
  const read = readDraft(draft, { policy, inForce, now });
  const error = read.kind === "lacking" ? read.error : undefined;
  const set =
    (name: keyof Draft) =>
    (value: string): void => {
      setDraft({ ...draft, [name]: value });
    };
  const keys = keysFor({ policy, roster: inForce.roster }, draft).map(({ id }) => id);
  return h(
    "form",
    {
      onSubmit: (event: Event) => {
        event.preventDefault();
      },
    },
    h(
      "fieldset",
      { disabled: isLocked },
      choice("operation", "What", draft.operation, {
        options: offers,
        set: (operation) => {
          setDraft({ ...draft, operation });
        },
      }),
      ...fieldsOf(draft.operation).map((name) =>
        field(name, labels[name](policy.asset, draft.operation), draft[name], {
          set: set(name),
          error,
          list: name === "to" || name === "from" || name === "identity" ? "known" : undefined,
        }),
      ),
      knownAddresses(inForce),
      field("reference", "Reference: what backs it", draft.reference, {
        set: set("reference"),
        error,
      }),
      field("feeCeiling", "The most that fees may cost, in ETH", draft.feeCeiling, { set: set("feeCeiling"), error }),
      choice("hours", "It may wait for", draft.hours, {
        options: ["1", "24", "72", "168"],
        set: set("hours"),
        words: (hours) => `${hours} hours`,
      }),
      keys.length < 2
        ? null
        : choice("key", "Signed by", draft.key === "" ? (keys[0] ?? "") : draft.key, {
            options: keys,
            set: set("key"),
          }),
    ),
    read.kind === "whole"
      ? wholePart(read, { visitor, decimals: policy.token.decimals, lock })
      : h("div", { role: "status", class: "verdict" }, h("strong", {}, "Not asked yet"), said(wordsOf(read.error))),
  );
}

type Asker = Pick<OfAssetProps, "visitor" | "lock"> & { readonly decimals: number };

function wholePart({ wish, words }: Extract<Read, { kind: "whole" }>, asker: Asker): JSX.Element {
  return h(
    "div",
    {},
    h("h2", {}, "What you ask for"),
    h("p", { class: "amount" }, said(words)),
    h(Outlook, { visitor: asker.visitor, decimals: asker.decimals, wish }),
    h(AskButton, { key: words, ...asker, wish }),
  );
}

const labels = {
  to: () => "To",
  amount: (asset: string, operation: Operation) =>
    operation === "raiseMultiplier"
      ? `The most that all who hold it get by this, in ${asset}`
      : `How much, in ${asset}`,
  from: () => "From whom the tokens are taken",
  identity: () => "Identity contract of the holder",
  country: () => "Country of the holder (ISO 3166-1 number)",
  oldMultiplier: () => "What a share is now, in tokens",
  newMultiplier: () => "What a share becomes, in tokens",
  activationTime: () => "From when on, in UTC, such as 2026-12-01T00:00:00Z",
} as const;

function readDraft(
  draft: Draft,
  { policy, inForce, now }: { policy: PolicyInForce["policy"]; inForce: InForce; now: number },
): Read {
  try {
    const wish = wishOf(draft, { policy, roster: inForce.roster }, now);
    return { kind: "whole", wish, words: submissionWords(wish, policy.token.decimals) };
  } catch (error) {
    return { kind: "lacking", error };
  }
}

/** Offered while an address is typed. */
function knownAddresses({ labels: known }: InForce): JSX.Element {
  return h(
    "datalist",
    { id: "known" },
    ...[...known].map(([address, label]) => h("option", { value: address }, label)),
  );
}
