/** Sessions, which only read: a signed challenge for a token that is kept as its hash, in memory, for an hour at most. */
import { createHash, createHmac, randomBytes, timingSafeEqual } from "node:crypto";
import type { Clock } from "../flow/clock.port.ts";
import type { Challenge, Session } from "../request/api.ts";
import type { StatementOf } from "../statement/read.ts";
import type { Bytes32 } from "../values/bytes32.ts";
import { Fault, InvalidValue } from "../values/errors.ts";
import { parse as parseBytes32 } from "../values/bytes32.ts";
import { toBytes } from "../values/hex.ts";
import * as instant from "../values/instant.ts";
import type { Instant } from "../values/instant.ts";
import type { Name } from "../values/name.ts";
import type { Desk } from "./desk.port.ts";
import type { Reader } from "./roles.ts";

const longestSeconds = 3_600;
const challengeSeconds = 300;
const maxPerCredential = 20;
const maxUsedChallenges = 10_000;

type Kept = { readonly credential: Name; readonly expiresAt: Instant };

export type SessionReader = Reader & { readonly expiresAt: Instant };

export type Sessions = {
  /** Tells nobody whether there is such a credential. */
  readonly challenge: (credential: Name, origin: string) => Challenge;
  /** Throws `InvalidValue` `http.origin`, `http.challenge`, `http.session-refused`. */
  readonly begin: (statement: StatementOf<"Session">, origin: string) => Promise<Session>;
  /** Whose token this is, with the groups of this moment; undefined for a token that is unknown or over, or of somebody who left the roster. */
  readonly reader: (authorization: string | undefined) => Promise<SessionReader | undefined>;
  /** Which credential to count a call against. */
  readonly credential: (authorization: string | undefined) => Name | undefined;
  readonly size: () => number;
};

export function createSessions(desk: Pick<Desk, "member" | "verifies">, clock: Clock): Sessions {
  const challenges = createChallenges(clock);
  const kept = new Map<string, Kept>();
  const ofCredential = new Map<Name, readonly string[]>();

  const find = (authorization: string | undefined): Kept | undefined => {
    const [, token] = /^Bearer ([A-Za-z0-9_-]{43})$/.exec(authorization ?? "") ?? [];
    if (token === undefined) return undefined;
    const session = kept.get(hashOf(token));
    return session !== undefined && session.expiresAt > clock.now() ? session : undefined;
  };

  const keep = (credential: Name, expiresAt: Instant): string => {
    const token = randomBytes(32).toString("base64url");
    const mine = (ofCredential.get(credential) ?? []).filter((hash) => {
      const alive = (kept.get(hash)?.expiresAt ?? 0) > clock.now();
      if (!alive) kept.delete(hash);
      return alive;
    });
    for (const hash of mine.splice(0, Math.max(0, mine.length + 1 - maxPerCredential))) kept.delete(hash);
    const hash = hashOf(token);
    kept.set(hash, { credential, expiresAt });
    ofCredential.set(credential, [...mine, hash]);
    return token;
  };

  return {
    challenge: (credential, origin) => ({
      challenge: challenges.issue(credential),
      origin,
      expiresAt: instant.plus(clock.now(), longestSeconds),
    }),
    begin: async ({ message, credential, envelope }, origin) => {
      if (message.origin !== origin)
        throw new InvalidValue("http.origin", `the statement is for \`${message.origin}\``, "statement.message.origin");
      challenges.check(message.challenge, credential);
      const found = await desk.member(credential);
      const expiresAt = earlier(message.expiresAt, instant.plus(clock.now(), longestSeconds));
      if (found.kind === "absent" || expiresAt <= clock.now() || !(await desk.verifies(envelope))) {
        throw new InvalidValue(
          "http.session-refused",
          "the statement is not signed by a credential of the roster, or is over",
        );
      }
      challenges.use(message.challenge, credential);
      const { member, groups } = found.value;
      return { token: keep(credential, expiresAt), expiresAt, member, groups: [...groups] };
    },
    reader: async (authorization) => {
      const session = find(authorization);
      if (session === undefined) return undefined;
      const found = await desk.member(session.credential);
      return found.kind === "absent"
        ? undefined
        : { ...session, member: found.value.member, groups: found.value.groups };
    },
    credential: (authorization) => find(authorization)?.credential,
    size: () => kept.size,
  };
}

type Challenges = {
  readonly issue: (credential: Name) => Bytes32;
  readonly check: (challenge: Bytes32, credential: Name) => void;
  /** Checks again and uses it up, without a pause in between. */
  readonly use: (challenge: Bytes32, credential: Name) => void;
};

/**
 * A challenge carries its own end and is made good by our tag, so asking for one costs no memory and nobody can push out another's;
 * only those that began a session are remembered. Layout: end 4 ‖ random 12 ‖ HMAC-SHA-256 truncated to 16.
 */
function createChallenges(clock: Clock): Challenges {
  const secret = randomBytes(32);
  const used = new Map<Bytes32, Instant>();
  const tag = (head: Buffer, credential: Name): Buffer =>
    createHmac("sha256", secret).update(head).update(credential).digest().subarray(0, 16);

  const check = (challenge: Bytes32, credential: Name): Instant => {
    const bytes = Buffer.from(toBytes(challenge));
    const head = bytes.subarray(0, 16);
    const end = head.readUInt32BE(0);
    const genuine = timingSafeEqual(bytes.subarray(16), tag(head, credential));
    if (!genuine || end <= clock.now() || used.has(challenge)) {
      throw new InvalidValue(
        "http.challenge",
        "the challenge is unknown, used or too old",
        "statement.message.challenge",
      );
    }
    return instant.parse(end);
  };

  return {
    issue: (credential) => {
      const head = Buffer.concat([Buffer.alloc(4), randomBytes(12)]);
      head.writeUInt32BE(clock.now() + challengeSeconds, 0);
      return parseBytes32(`0x${Buffer.concat([head, tag(head, credential)]).toString("hex")}`);
    },
    check,
    use: (challenge, credential) => {
      const end = check(challenge, credential);
      for (const [old, oldEnd] of used) if (oldEnd <= clock.now()) used.delete(old);
      if (used.size >= maxUsedChallenges)
        throw new Fault("http.too-many-sessions", "too many sessions began within five minutes", "safe");
      used.set(challenge, end);
    },
  };
}

function earlier(one: Instant, other: Instant): Instant {
  return one < other ? one : other;
}

function hashOf(token: string): string {
  return createHash("sha256").update(token).digest("base64");
}
