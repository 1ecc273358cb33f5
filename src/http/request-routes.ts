/** Routes that begin a session, take statements, and show requests. */
import { parse as parseIntent } from "../intent/intent.ts";
import { receiptSchema } from "../log/entry.ts";
import { decisionSchema } from "../policy/decision.ts";
import * as api from "../request/api.ts";
import { InvalidValue } from "../values/errors.ts";
import { jsonSchema } from "../values/schema.ts";
import { toWire } from "../values/wire.ts";
import type { Answered, Desk, RequestView } from "./desk.port.ts";
import { linedUp, readDraft } from "./draft.ts";
import { readStatementIn } from "./input.ts";
import { refusalProblem } from "./problem.ts";
import { seesOnlyOwn } from "./roles.ts";
import { nothing, route, type Reply, type Route } from "./route.ts";
import type { SessionReader } from "./sessions.ts";

const pageSize = 50;

const sessions = route({
  ...nothing,
  id: "POST /v1/sessions",
  summary: "Begin a session: ask for a challenge, then send it back signed. Sessions only read.",
  body: api.sessionBodySchema,
  answers: {
    201: {
      description: "a challenge to sign, or the session's token",
      schema: api.challengeSchema.or(api.sessionSchema),
    },
  },
  handle: async ({ sessions, origin }, { body: { credential, statement } }) => {
    if (credential !== undefined) return json(201, sessions.challenge(credential, origin()));
    const read = readStatementIn(statement);
    if (read.kind !== "Session")
      throw new InvalidValue("http.session-refused", "not a `Session` statement", "statement.kind");
    return json(201, await sessions.begin(read, origin()));
  },
});

const statements = route({
  ...nothing,
  id: "POST /v1/statements",
  summary: "Hand a signed statement to the gate; the answer is the gate's own signed receipt.",
  body: api.statementBodySchema,
  answers: {
    201: { description: "the gate has it", schema: receiptSchema },
    200: { description: "the gate had it before", schema: receiptSchema },
  },
  handle: async ({ desk }, { body: { statement, attachment } }) => {
    const posted = await desk.post(readStatementIn(statement).envelope, attachment);
    switch (posted.kind) {
      case "receipt":
        return json(posted.repeated ? 200 : 201, posted.receipt);
      case "conflict":
        return refused("submission.request-id-taken", posted.message, "message.requestId");
      case "refused":
        return refused(posted.code, posted.message, posted.field);
    }
  },
});

const list = route({
  ...nothing,
  id: "GET /v1/requests",
  summary: "Requests, newest first; an issuer sees their own.",
  query: api.requestsQuerySchema,
  answers: { 200: { description: "a page of requests", schema: api.requestPageSchema } },
  handle: async ({ desk }, { query, reader }) => {
    const { limit = pageSize, state, asset, batch, distribution, after } = query;
    const initiator = initiatorFor(asked(reader), query.initiator);
    const requests = await desk.requests({
      limit,
      ...(state === undefined ? {} : { state }),
      ...(asset === undefined ? {} : { asset }),
      ...(batch === undefined ? {} : { batch }),
      ...(distribution === undefined ? {} : { distribution }),
      ...(after === undefined ? {} : { after }),
      ...(initiator === undefined ? {} : { initiator }),
    });
    const next = requests.length < limit ? null : (requests.at(-1)?.requestId ?? null);
    return json(200, { requests, next });
  },
});

const one = route({
  ...nothing,
  id: "GET /v1/requests/{requestId}",
  summary: "One request: its words, its votes, what it waits for and what happened.",
  params: api.requestIdPathSchema,
  answers: { 200: { description: "the request", schema: api.requestViewSchema } },
  handle: async ({ desk }, { params, reader }) => json(200, await visible(desk, params.requestId, asked(reader))),
});

const decision = route({
  ...nothing,
  id: "GET /v1/requests/{requestId}/decision",
  summary: "What the policy says of it now, clause by clause.",
  params: api.requestIdPathSchema,
  answers: { 200: { description: "the decision", schema: decisionSchema } },
  handle: async ({ desk }, { params, reader }) => {
    await visible(desk, params.requestId, asked(reader));
    return json(200, present(await desk.decision(params.requestId), "no decision yet"));
  },
});

const bundle = route({
  ...nothing,
  id: "GET /v1/requests/{requestId}/bundle",
  summary:
    "Everything a stranger needs to verify it offline; there once the gate has signed, or with `unsigned=true` once it waits for its signature.",
  params: api.requestIdPathSchema,
  query: api.bundleQuerySchema,
  answers: { 200: { description: "the bundle", schema: jsonSchema } },
  handle: async ({ desk }, { params, query, reader }) => {
    await visible(desk, params.requestId, asked(reader));
    const stage = query.unsigned === undefined ? "signed" : "permitted";
    return json(200, present(await desk.bundle(params.requestId, stage), "the gate has not signed it yet"));
  },
});

const simulations = route({
  ...nothing,
  id: "POST /v1/simulations",
  summary:
    "What would be said of an intent nobody signed, under the policy in force or under a draft; with a draft alone, its whole report. Nothing is written. An issuer asks for themselves, and for no report.",
  body: api.simulationBodySchema,
  answers: { 200: { description: "the decision, or why there is none; or the report", schema: api.simulationSchema } },
  handle: async ({ desk }, { body: { intent, initiator, policy }, reader }) => {
    const draft = policy === undefined ? undefined : readDraft(policy, intent?.asset);
    if (intent === undefined || initiator === undefined) {
      if (seesOnlyOwn(asked(reader)))
        throw new InvalidValue("http.others-requests", "a report tells of everybody's requests");
      return json(200, { kind: "reported", report: linedUp(await desk.report(draft ?? null), policy ?? null) });
    }
    initiatorFor(asked(reader), initiator);
    const wire = toWire(intent);
    parseIntent(wire);
    return json(200, await desk.simulate(wire, initiator, draft));
  },
});

export const requestRoutes: readonly Route[] = [sessions, statements, list, one, decision, bundle, simulations];

export function json(status: number, value: unknown): Reply {
  return { kind: "json", status, value };
}

/** The session that the role table asked for before the route ran. */
export function asked(reader: SessionReader | undefined): SessionReader {
  if (reader === undefined) throw new TypeError("the route is open in the role table and needs a session");
  return reader;
}

export function present<T>(answer: Answered<T>, otherwise: string): T {
  if (answer.kind === "absent") throw new InvalidValue("http.not-found", otherwise);
  return answer.value;
}

function refused(code: string, message: string, field: string): Reply {
  const problem = refusalProblem(code, message, field === "" ? "" : `statement.${field}`);
  return { kind: "problem", problem };
}

/** Another issuer's request is not there, rather than forbidden. */
async function visible(desk: Desk, requestId: RequestView["requestId"], reader: SessionReader): Promise<RequestView> {
  const view = present(await desk.request(requestId), "there is no such request");
  if (seesOnlyOwn(reader) && view.initiator !== reader.member)
    throw new InvalidValue("http.not-found", "there is no such request");
  return view;
}

/** Whose requests are asked for; throws when an issuer asks for somebody else's. */
function initiatorFor(
  reader: SessionReader,
  wanted: SessionReader["member"] | undefined,
): SessionReader["member"] | undefined {
  if (!seesOnlyOwn(reader)) return wanted;
  if (wanted !== undefined && wanted !== reader.member)
    throw new InvalidValue("http.others-requests", "an issuer reads their own requests", "initiator");
  return reader.member;
}
