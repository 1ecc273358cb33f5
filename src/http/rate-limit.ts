/** How often somebody may ask: counted by credential when there is a session, else by address. */
import type { RequestHandler } from "express";
import { ipKeyGenerator, rateLimit } from "express-rate-limit";
import { InvalidValue } from "../values/errors.ts";
import type { Sessions } from "./sessions.ts";

export type Rates = {
  /** Calls in a minute by one credential or address. */
  readonly calls: number;
  /** Steps of logging in, in a minute, by one address. */
  readonly logins: number;
};

export const generous: Rates = { calls: 30_000, logins: 1_200 };

const minuteMs = 60_000;

export function limitCalls(limit: number, sessions: Pick<Sessions, "credential">): RequestHandler {
  return limited(limit, (authorization, address) => {
    const credential = sessions.credential(authorization);
    return credential === undefined ? address : `credential ${credential}`;
  });
}

export function limitLogins(limit: number): RequestHandler {
  return limited(limit, (_, address) => address);
}

function limited(limit: number, keyOf: (authorization: string | undefined, address: string) => string): RequestHandler {
  return rateLimit({
    windowMs: minuteMs,
    limit,
    standardHeaders: "draft-8",
    legacyHeaders: false,
    // Its own checks print to the console; trust of proxies is decided where we listen.
    validate: false,
    keyGenerator: ({ headers, ip }) => keyOf(headers.authorization, ip === undefined ? "gone" : ipKeyGenerator(ip, 56)),
    handler: (_request, _response, next) => {
      next(new InvalidValue("http.too-many-requests", `at most ${limit} calls in a minute; wait a little`));
    },
  });
}
