/** A reader's session: a signed challenge for a token that stays inside the client. */
import { challengeSchema, sessionSchema, type Session } from "../request/api.ts";
import { Fault, InvalidValue } from "../values/errors.ts";
import { parseWith } from "../values/schema.ts";
import { errorOf, type Answer, type Transport } from "./transport.ts";
import type { Signer } from "./signer.ts";

export type SessionKeeper = {
  readonly token: () => string | undefined;
  /** Logs in anew; throws `InvalidValue` when the server asks to sign another origin than the one we talk to. */
  readonly begin: () => Promise<Session>;
  /** Begins a session when there is somebody to sign and none was begun; callers that come meanwhile share it. */
  readonly ensure: () => Promise<string | undefined>;
};

export function createSession(transport: Transport, origin: string, signer: Signer | undefined): SessionKeeper {
  let token: string | undefined;
  let beginning: Promise<Session> | undefined;
  const begin = (): Promise<Session> => {
    beginning ??= logIn(transport, origin, signer)
      .then((session) => {
        token = session.token;
        return session;
      })
      .finally(() => (beginning = undefined));
    return beginning;
  };
  const ensure = async (): Promise<string | undefined> =>
    token ?? (signer === undefined ? undefined : (await begin()).token);
  return { token: () => token, begin, ensure };
}

async function logIn(transport: Transport, origin: string, signer: Signer | undefined): Promise<Session> {
  if (signer === undefined) throw new InvalidValue("client.no-signer", "to log in, a credential is needed");
  const path = "/v1/sessions";
  const asked = await transport.call({ method: "POST", path, body: { credential: signer.credential } });
  const challenge = parseWith(challengeSchema, valueOf(asked), "client.not-understood");
  // What is signed is the address we talk to, so a server in the middle gets a statement that is good for nobody else.
  if (challenge.origin !== origin) {
    throw new InvalidValue(
      "client.origin",
      `the server calls itself \`${challenge.origin}\`, it was reached as \`${origin}\``,
    );
  }
  const statement = await signer.sign("Session", challenge);
  const proved = await transport.call({ method: "POST", path, body: { statement } });
  return parseWith(sessionSchema, valueOf(proved), "client.not-understood");
}

function valueOf(answer: Answer): unknown {
  if (answer.kind === "problem") throw errorOf(answer);
  if (answer.kind === "text") throw new Fault("client.not-understood", "the server answered with text", "safe");
  return answer.value;
}
