/** Routes that show what is in force, what is proposed, and the log. */
import { completionOf } from "../policy/document/completion.ts";
import * as api from "../request/api.ts";
import { assetViewSchema } from "../request/asset.ts";
import { jsonSchema } from "../values/schema.ts";
import { toWire } from "../values/wire.ts";
import { asked, json, present } from "./request-routes.ts";
import { nothing, route, type Route } from "./route.ts";

const leavesPerPage = 100;

export const standingRoutes: readonly Route[] = [
  route({
    ...nothing,
    id: "GET /v1/policies",
    summary:
      "The policies in force: what officers signed, in plain words, and what analysis, tests and claims say of each.",
    answers: { 200: { description: "one policy an asset", schema: api.policiesSchema } },
    handle: async ({ desk }) => json(200, { policies: await desk.policies() }),
  }),
  route({
    ...nothing,
    id: "POST /v1/policies/completions",
    summary:
      "What may stand at the end of a policy that is being written in YAML, as the published schema of the language has it.",
    body: api.completionBodySchema,
    answers: { 200: { description: "words, each with what it means", schema: api.completionSchema } },
    handle: ({ language }, { body }) => Promise.resolve(json(200, completionOf(language, body.policy))),
  }),
  route({
    ...nothing,
    id: "GET /v1/roster",
    summary: "The roster in force.",
    answers: { 200: { description: "people, services, credentials, groups, keys", schema: api.rosterViewSchema } },
    handle: async ({ desk }) => json(200, await desk.roster()),
  }),
  route({
    ...nothing,
    id: "GET /v1/changes",
    summary: "Documents that were proposed, and what became of them.",
    answers: { 200: { description: "every change", schema: api.changesSchema } },
    handle: async ({ desk }) => json(200, { changes: await desk.changes() }),
  }),
  route({
    ...nothing,
    id: "GET /v1/changes/{documentHash}",
    summary: "One change.",
    params: api.documentPathSchema,
    answers: { 200: { description: "the change", schema: jsonSchema } },
    handle: async ({ desk }, { params }) =>
      json(200, present(await desk.change(params.documentHash), "no such change")),
  }),
  route({
    ...nothing,
    id: "GET /v1/observations/wanted",
    summary: "What observers are asked to look at besides their standing subjects.",
    answers: { 200: { description: "subjects and facts", schema: api.wantedSchema } },
    handle: async ({ desk }) => json(200, { wanted: await desk.observationsWanted() }),
  }),
  route({
    ...nothing,
    id: "GET /v1/assets",
    summary: "Assets with their supply, their reserves by source and age, headroom, band and limits.",
    answers: { 200: { description: "every asset", schema: api.assetsSchema } },
    handle: async ({ desk }) => json(200, { assets: toWire(await desk.assets()) }),
  }),
  route({
    ...nothing,
    id: "GET /v1/assets/{asset}",
    summary: "One asset.",
    params: api.assetPathSchema,
    answers: { 200: { description: "the asset", schema: assetViewSchema } },
    handle: async ({ desk }, { params }) => json(200, toWire(present(await desk.asset(params.asset), "no such asset"))),
  }),
  route({
    ...nothing,
    id: "GET /v1/keys",
    summary: "Managed keys: names, accounts, kinds of backend; never a secret.",
    answers: { 200: { description: "every key", schema: api.keysSchema } },
    handle: async ({ desk }) => json(200, { keys: await desk.keys() }),
  }),
  route({
    ...nothing,
    id: "GET /v1/log/checkpoint",
    summary: "The newest checkpoint of the log, as a signed note (C2SP tlog-checkpoint).",
    answers: { 200: { description: "the note", media: "text/plain" } },
    handle: async ({ desk }) => ({ kind: "text", type: "text/plain", text: await desk.checkpoint() }),
  }),
  route({
    ...nothing,
    id: "GET /v1/log/entries",
    summary: "Leaves of the log, as they were hashed.",
    query: api.entriesQuerySchema,
    answers: { 200: { description: "a page of leaves", schema: jsonSchema } },
    handle: async ({ desk }, { query: { from = 0, limit = leavesPerPage } }) =>
      json(200, await desk.entries(from, limit)),
  }),
  route({
    ...nothing,
    id: "GET /v1/log/proofs",
    summary: "Inclusion of a leaf (`index`, `size`), or consistency of two trees (`from`, `to`), as in RFC 6962.",
    query: api.proofsQuerySchema,
    answers: { 200: { description: "the hashes of the proof", schema: jsonSchema } },
    handle: async ({ desk }, { query }) => json(200, present(await desk.proofs(query), "no such leaf or tree yet")),
  }),
  route({
    ...nothing,
    id: "GET /v1/events",
    summary: "Every change of a request as it happens; an issuer hears of their own.",
    answers: {
      200: {
        description: "server-sent events of type `request`",
        schema: api.happeningSchema,
        media: "text/event-stream",
      },
    },
    handle: (_, { reader }) => Promise.resolve({ kind: "stream", reader: asked(reader) }),
  }),
];
