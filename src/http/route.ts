/** A route as one record: what it takes, what it answers, and what it does; read and described from the same schemas. */
import type { z } from "zod";
import { emptySchema, type Problem } from "../request/api.ts";
import type { Json } from "../values/json.ts";
import type { Desk } from "./desk.port.ts";
import { readInput } from "./input.ts";
import type { RouteId } from "./roles.ts";
import type { SessionReader, Sessions } from "./sessions.ts";

export type Reply =
  | { readonly kind: "json"; readonly status: number; readonly value: unknown }
  | { readonly kind: "text"; readonly type: "text/plain" | "text/html"; readonly text: string }
  | { readonly kind: "problem"; readonly problem: Problem }
  /** Stays open; `only` leaves out requests of others. */
  | { readonly kind: "stream"; readonly reader: SessionReader };

/** What every route is handed besides its own input. */
export type Office = {
  readonly desk: Desk;
  readonly sessions: Sessions;
  /** Scheme, host and port that people reach us by. */
  readonly origin: () => string;
  readonly metrics: () => Promise<string>;
  readonly openapi: () => Json;
  readonly docs: () => string;
  /** The JSON Schema of policies. */
  readonly language: Json;
};

export type Answer = {
  readonly description: string;
  readonly schema?: z.ZodType;
  readonly media?: "text/plain" | "text/html" | "text/event-stream";
};

type Call<P, Q, B> = {
  readonly params: P;
  readonly query: Q;
  readonly body: B;
  /** Undefined only on routes that are open to anyone. */
  readonly reader: SessionReader | undefined;
};

type Spec<P, Q, B> = {
  readonly id: RouteId;
  readonly summary: string;
  readonly params: z.ZodType<P>;
  readonly query: z.ZodType<Q>;
  readonly body: z.ZodType<B>;
  readonly answers: Readonly<Record<number, Answer>>;
  readonly handle: (office: Office, call: Call<P, Q, B>) => Promise<Reply>;
};

/** What came in, before anybody looked at it. */
export type Arrival = {
  readonly params: unknown;
  readonly query: unknown;
  readonly body: Json | undefined;
  readonly reader: SessionReader | undefined;
};

export type Route = {
  readonly id: RouteId;
  readonly method: "get" | "post";
  /** As OpenAPI writes it, `/v1/requests/{requestId}`. */
  readonly path: string;
  readonly summary: string;
  readonly params: z.ZodType;
  readonly query: z.ZodType;
  readonly body: z.ZodType;
  readonly answers: Readonly<Record<number, Answer>>;
  /** Throws `InvalidValue` for what the schemas refuse, before anything is done. */
  readonly run: (office: Office, arrival: Arrival) => Promise<Reply>;
};

/** Where a route takes nothing, nothing may come. */
export const nothing = { params: emptySchema, query: emptySchema, body: emptySchema };

export function route<P, Q, B>(spec: Spec<P, Q, B>): Route {
  const { id, summary, params, query, body, answers, handle } = spec;
  const [method, path = ""] = id.split(" ");
  return {
    id,
    method: method === "POST" ? "post" : "get",
    path,
    summary,
    params,
    query,
    body,
    answers,
    run: async (office, arrival) =>
      handle(office, {
        params: readInput(params, arrival.params),
        query: readInput(query, arrival.query),
        body: readInput(body, arrival.body ?? {}),
        reader: arrival.reader,
      }),
  };
}
