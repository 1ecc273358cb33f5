/** Signing in: the deployment by a genesis in the visitor's own hands, the person by a wallet or a passkey; the session only reads. */
import { h, type JSX, type TargetedEvent } from "preact";
import { useState } from "preact/hooks";
import { credentialSchema } from "../roster/roster.ts";
import type { Deployment } from "../sdk/deployment.ts";
import { InvalidValue } from "../values/errors.ts";
import { parseStrict } from "../values/json.ts";
import { parse as parseName } from "../values/name.ts";
import { parseWith } from "../values/schema.ts";
import { hexShown } from "./address-shown.ts";
import { keepGenesis, keptGenesis } from "./kept-genesis.ts";
import { trouble, waiting } from "./notice.ts";
import { credentialsOf, noWallet, onceOnly, signerFor } from "./own-credential.ts";
import { usableHere, type PageCredential } from "./usable-here.ts";
import { ownWallet, walletAccount } from "./own-wallet.ts";
import { said } from "./said.ts";
import type { Entered, Shell } from "./shell.ts";

type Opened = { readonly deployment?: Deployment; readonly error?: unknown };

export function SignInPage({
  shell,
  enter,
}: {
  readonly shell: Shell;
  readonly enter: (visitor: Entered) => void;
}): JSX.Element {
  const [{ deployment, error }, setOpened] = useState<Opened>(() => opened(shell, firstGenesis(shell)));
  const bring = async (input: HTMLInputElement): Promise<void> => {
    const text = await input.files?.[0]?.text();
    const next = opened(shell, text);
    if (next.deployment !== undefined) keepGenesis(text);
    setOpened(next);
  };
  const forget = (): void => {
    keepGenesis(undefined);
    setOpened({});
  };
  if (deployment !== undefined)
    return h("div", {}, ...deploymentLines(shell, deployment, forget), h(SignInForm, { shell, deployment, enter }));
  return h(
    "div",
    {},
    h(
      "p",
      {},
      "Bring the genesis file of your deployment. It says who belongs to it and whose signatures count; it stays in your browser.",
    ),
    h("label", { for: "genesis" }, "Genesis file"),
    h("input", {
      id: "genesis",
      type: "file",
      accept: ".json,application/json",
      onChange: (event: TargetedEvent<HTMLInputElement>) => void bring(event.currentTarget),
    }),
    error === undefined ? null : trouble(error),
  );
}

function firstGenesis({ ground }: Shell): string | undefined {
  return ground.kind === "own" ? ground.genesis : keptGenesis();
}

function opened({ open }: Shell, genesis: string | undefined): Opened {
  if (genesis === undefined) return {};
  try {
    return { deployment: open(genesis) };
  } catch (error) {
    return { error };
  }
}

function deploymentLines({ ground }: Shell, { standing }: Deployment, forget: () => void): readonly JSX.Element[] {
  const other = h("button", { type: "button", class: "plain", onClick: forget }, "bring another file");
  return [
    h("p", {}, "Deployment ", hexShown(standing.deploymentId)),
    h(
      "p",
      { class: "hint" },
      ground.kind === "own"
        ? "From the genesis file that you gave to the command."
        : "The hash of the genesis file that you brought; compare it with your papers, or ",
      ground.kind === "own" ? null : other,
    ),
  ];
}

type Trying =
  | { readonly kind: "still" }
  | { readonly kind: "asking"; readonly what: string }
  | { readonly kind: "failed"; readonly error: unknown };

type FormProps = { readonly shell: Shell; readonly deployment: Deployment; readonly enter: (visitor: Entered) => void };

function SignInForm({ shell, deployment, enter }: FormProps): JSX.Element {
  const [trying, setTrying] = useState<Trying>({ kind: "still" });
  const [brought, setBrought] = useState<readonly PageCredential[]>([]);
  const known = [...usableHere(credentialsOf(deployment.standing.roster.roster), location.origin), ...brought];
  const attempt = (what: string, choose: () => Promise<PageCredential>): void => {
    setTrying({ kind: "asking", what });
    choose()
      .then((credential) => signIn(shell, deployment, credential))
      .then(enter, (error: unknown) => {
        setTrying({ kind: "failed", error });
      });
  };
  const bring = (text: string): void => {
    try {
      setBrought([...brought, ...usableHere([recordIn(text)], location.origin)]);
      setTrying({ kind: "still" });
    } catch (error) {
      setTrying({ kind: "failed", error });
    }
  };
  const passkeys = known.filter((credential) => credential.kind === "passkey");
  return h(
    "div",
    {},
    h("p", {}, "A session only reads, and lasts an hour at most. Whatever you say later, you sign at that moment."),
    h("h2", {}, "With a wallet"),
    walletPart(() => {
      attempt("your wallet: open it, and read what it shows", () => ownWalletCredential(known));
    }),
    h("h2", {}, "With a passkey"),
    ...passkeyPart(passkeys, (credential) => {
      attempt("your passkey", () => Promise.resolve(credential));
    }),
    h(LaterCredential, { bring }),
    trying.kind === "asking" ? waiting(trying.what) : null,
    trying.kind === "failed" ? trouble(trying.error) : null,
  );
}

function walletPart(start: () => void): JSX.Element {
  if (ownWallet() === undefined) return h("p", {}, noWallet);
  return h("p", {}, h("button", { type: "button", onClick: start }, "Sign in with your wallet"));
}

function passkeyPart(
  passkeys: readonly Extract<PageCredential, { kind: "passkey" }>[],
  start: (credential: PageCredential) => void,
): readonly JSX.Element[] {
  if (passkeys.length === 0)
    return [
      h(
        "p",
        {},
        "No passkey of the genesis belongs to this address (",
        h("code", {}, location.origin),
        "). A passkey works only where it was made.",
      ),
    ];
  return passkeys.map((credential) =>
    h(
      "p",
      {},
      h(
        "button",
        {
          type: "button",
          onClick: () => {
            start(credential);
          },
        },
        "Sign in as ",
        said(credential.id),
      ),
    ),
  );
}

/** Whom a later roster brought in, the genesis alone does not know: the record of their credential says it. */
function LaterCredential({ bring }: { readonly bring: (text: string) => void }): JSX.Element {
  const take = async (input: HTMLInputElement): Promise<void> => {
    const text = await input.files?.[0]?.text();
    if (text !== undefined) bring(text);
  };
  return h(
    "details",
    {},
    h("summary", {}, "Your credential is newer than the genesis"),
    h("label", { for: "record" }, "Record of your credential, as it was proposed for the roster"),
    h("input", {
      id: "record",
      type: "file",
      accept: ".json,application/json",
      onChange: (event: TargetedEvent<HTMLInputElement>) => void take(event.currentTarget),
    }),
  );
}

function recordIn(text: string): PageCredential {
  const record = parseWith(credentialSchema, parseStrict(text), "console.credential");
  if (record.kind === "key")
    throw new InvalidValue(
      "console.credential",
      "a key signs on the command line; bring the record of a wallet or a passkey",
    );
  if (record.kind === "passkey" && record.origin !== location.origin)
    throw new InvalidValue("console.credential", `this passkey belongs to \`${record.origin}\`, and works only there`);
  return record;
}

async function ownWalletCredential(known: readonly PageCredential[]): Promise<PageCredential> {
  const provider = ownWallet();
  const account = provider === undefined ? undefined : await walletAccount(provider);
  const found = known.find((credential) => credential.kind === "wallet" && credential.address === account);
  if (found === undefined)
    throw new InvalidValue(
      "console.no-credential",
      `\`${account ?? "no account"}\` is nobody's wallet in the genesis: choose another account in your wallet, or bring the record of your credential below`,
    );
  return found;
}

async function signIn(shell: Shell, deployment: Deployment, credential: PageCredential): Promise<Entered> {
  const client = deployment.client({
    baseUrl: location.origin,
    signer: onceOnly(signerFor(deployment, credential)),
    ...(shell.ground.kind === "own" ? { origin: shell.ground.api } : {}),
  });
  const { member, groups, expiresAt } = await client.login();
  return { shell, deployment, client, credential, member: parseName(member), groups, expiresAt };
}
