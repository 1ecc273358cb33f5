/** The OpenAPI 3.1 document, made from the schemas that the routes read by. */
import { OpenAPIRegistry, OpenApiGeneratorV31 } from "@asteasolutions/zod-to-openapi";
import { z } from "zod";
import { receiptSchema } from "../log/entry.ts";
import { decisionSchema } from "../policy/decision.ts";
import { quorumSchema } from "../policy/document/requirement.ts";
import * as api from "../request/api.ts";
import { envelopeSchema } from "../statement/envelope.ts";
import { parseStrict, type Json } from "../values/json.ts";
import { jsonSchema } from "../values/schema.ts";
import { isOpen } from "./roles.ts";
import type { Route } from "./route.ts";

/** Schemas with a name of their own in the document. */
const named = {
  Json: jsonSchema,
  Quorum: quorumSchema,
  Statement: envelopeSchema,
  Receipt: receiptSchema,
  Decision: decisionSchema,
  Request: api.requestViewSchema,
  Challenge: api.challengeSchema,
  Session: api.sessionSchema,
  Problem: api.problemSchema,
} as const satisfies Readonly<Record<string, z.ZodType>>;

/**
 * Bodies and answers are written by zod itself: unlike zod-to-openapi it keeps the null beside a reference and follows schemas
 * that contain themselves. Paths, parameters and the frame of the document are zod-to-openapi's.
 */
export function openapiDocument(routes: readonly Route[]): Json {
  const registry = new OpenAPIRegistry();
  registry.registerComponent("securitySchemes", "session", { type: "http", scheme: "bearer" });
  const schemas = z.registry<{ id: string }>();
  for (const [id, schema] of Object.entries(named)) schemas.add(schema, { id });
  /** Registers a schema under a name, unless it has one, and refers to it. */
  const refer = (id: string, schema: z.ZodType): { readonly $ref: string } => {
    if (!schemas.has(schema)) schemas.add(schema, { id });
    return { $ref: placeOf(schemas.get(schema)?.id ?? id) };
  };
  for (const route of routes) registry.registerPath(pathOf(route, refer));
  const info = { title: "Countersign", version: "1", description: "Custody signing for asset-backed tokens." };
  const frame = new OpenApiGeneratorV31(registry.definitions).generateDocument({ openapi: "3.1.0", info });
  const whole = { ...frame, components: { ...frame.components, schemas: written(schemas) } };
  return parseStrict(JSON.stringify(whole, withoutPlace), 64);
}

type RouteConfig = Parameters<OpenAPIRegistry["registerPath"]>[0];
type Refer = (id: string, schema: z.ZodType) => { readonly $ref: string };

function pathOf(route: Route, refer: Refer): RouteConfig {
  const { id, method, path, summary, params, query, body, answers } = route;
  const name = `${method}${path.replace(/[^A-Za-z0-9]+(.)?/g, (_, next: string | undefined) => (next ?? "").toUpperCase())}`;
  const parameters = { ...asParameters("params", params), ...asParameters("query", query) };
  const responses: RouteConfig["responses"] = {
    default: {
      description: "what went wrong",
      content: { "application/problem+json": { schema: { $ref: placeOf("Problem") } } },
    },
  };
  for (const [status, { description, schema, media = "application/json" }] of Object.entries(answers)) {
    const answer = schema === undefined ? ({ type: "string" } as const) : refer(`${name}${status}`, schema);
    responses[status] = { description, content: { [media]: { schema: answer } } };
  }
  return {
    method,
    path,
    summary,
    operationId: name,
    security: isOpen(id) ? [] : [{ session: [] }],
    request:
      method === "get"
        ? parameters
        : {
            ...parameters,
            body: { required: true, content: { "application/json": { schema: refer(`${name}Body`, body) } } },
          },
    responses,
  };
}

function placeOf(id: string): string {
  return `#/components/schemas/${id}`;
}

/** Nothing for a route that takes none. */
function asParameters(
  place: "params" | "query",
  schema: z.ZodType,
): Partial<Record<"params" | "query", z.ZodObject | z.ZodPipe>> {
  if (schema instanceof z.ZodObject) return Object.keys(schema.shape).length === 0 ? {} : { [place]: schema };
  return schema instanceof z.ZodPipe ? { [place]: schema } : {};
}

/** Every registered schema as JSON Schema 2020-12. */
function written(registry: z.core.$ZodRegistry<{ id: string }>): Readonly<Record<string, unknown>> {
  const { schemas } = z.toJSONSchema(registry, { io: "input", uri: placeOf });
  return schemas;
}

/** Inside one document a schema's place is its id. */
function withoutPlace(key: string, value: unknown): unknown {
  return key === "$schema" || key === "$id" ? undefined : value;
}
