/** Routes beside the API: health, figures, and its own description. */
import * as api from "../request/api.ts";
import { jsonSchema } from "../values/schema.ts";
import { json } from "./request-routes.ts";
import { nothing, route, type Route } from "./route.ts";

export const publicRoutes: readonly Route[] = [
  route({
    ...nothing,
    id: "GET /healthz",
    summary: "The process answers.",
    answers: { 200: { description: "alive", schema: api.aliveSchema } },
    handle: () => Promise.resolve(json(200, { alive: true })),
  }),
  route({
    ...nothing,
    id: "GET /readyz",
    summary: "Whether the gate, the store and the tokens answer.",
    answers: {
      200: { description: "ready", schema: api.readinessSchema },
      503: { description: "not ready, and why", schema: api.readinessSchema },
    },
    /** What stands where is told to members only. */
    handle: async ({ desk }, { reader }) => {
      const { ready, why, details } = await desk.health();
      return json(ready ? 200 : 503, { ready, why, details: reader === undefined ? {} : details });
    },
  }),
  route({
    ...nothing,
    id: "GET /metrics",
    summary: "Figures for Prometheus: counts, ages and shares, no amounts and nothing of a single request.",
    answers: { 200: { description: "the figures", media: "text/plain" } },
    handle: async ({ metrics }) => ({ kind: "text", type: "text/plain", text: await metrics() }),
  }),
  route({
    ...nothing,
    id: "GET /openapi.json",
    summary: "This description.",
    answers: { 200: { description: "OpenAPI 3.1", schema: jsonSchema } },
    handle: ({ openapi }) => Promise.resolve(json(200, openapi())),
  }),
  route({
    ...nothing,
    id: "GET /docs",
    summary: "This description as a page, without scripts.",
    answers: { 200: { description: "the page", media: "text/html" } },
    handle: ({ docs }) => Promise.resolve({ kind: "text", type: "text/html", text: docs() }),
  }),
];
