/** The API as an express application: headers, limits, the role table, the routes, and problems for all that goes wrong. */
import express, {
  type ErrorRequestHandler,
  type Express,
  type Request,
  type RequestHandler,
  type Response,
} from "express";
import type { Clock } from "../flow/clock.port.ts";
import { engine } from "../gate/engine.ts";
import { policyJsonSchema } from "../policy/document/json-schema.ts";
import type { Problem } from "../request/api.ts";
import { InvalidValue } from "../values/errors.ts";
import { createAccessLog, type AccessLog } from "./access-log.ts";
import { readBody } from "./body.ts";
import { serveConsole, type ConsoleFile } from "./console-files.ts";
import type { Desk } from "./desk.port.ts";
import { docsPage } from "./docs-page.ts";
import { createStreams, type Streams } from "./event-stream.ts";
import { strictHeaders } from "./headers.ts";
import { createMetrics, type Metrics } from "./metrics.ts";
import { openapiDocument } from "./openapi.ts";
import { endWith, placeOf } from "./place.ts";
import { problemOf } from "./problem.ts";
import { generous, limitCalls, limitLogins, type Rates } from "./rate-limit.ts";
import { isOpen, mayUse } from "./roles.ts";
import type { Office, Reply, Route } from "./route.ts";
import { routes } from "./routes.ts";
import { createSessions, type SessionReader, type Sessions } from "./sessions.ts";

export type ApiOptions = {
  readonly clock: Clock;
  /** Scheme, host and port by which people reach the API, when that is not where it listens. */
  readonly origin?: string;
  readonly rates?: Partial<Rates>;
  /** The web app's files; none where it is not built. */
  readonly console?: readonly ConsoleFile[];
  /** Standard error unless another is given. */
  readonly log?: AccessLog;
  /** Those that other parts of the process count in too. */
  readonly metrics?: Metrics;
};

export function createApi(desk: Desk, options: ApiOptions): Express {
  const app = express();
  const sessions = createSessions(desk, options.clock);
  const streams = createStreams(desk, options.clock);
  const metrics = options.metrics ?? createMetrics(engine);
  const log = options.log ?? createAccessLog();
  const rates = { ...generous, ...options.rates };
  const openapi = openapiDocument(routes);
  const page = docsPage(openapi);
  const office: Office = {
    desk,
    sessions,
    origin: () => options.origin ?? placeOf(app),
    metrics: async () => metrics.text({ sessions: sessions.size(), readings: await desk.figures() }),
    openapi: () => openapi,
    language: policyJsonSchema(),
    docs: () => page,
  };
  app.disable("x-powered-by").disable("etag").set("query parser", "simple").enable("case sensitive routing");
  app.enable("strict routing");
  endWith(app, streams.closeAll);
  app.use(account(metrics, log), strictHeaders());
  app.post("/v1/sessions", limitLogins(rates.logins));
  app.use("/v1", limitCalls(rates.calls, sessions));
  for (const route of routes) app[route.method](pattern(route.path), handler(route, office, streams));
  for (const path of new Set(routes.map((route) => route.path))) app.all(pattern(path), otherMethods(path));
  serveConsole(app, options.console ?? []);
  app.use(() => {
    throw new InvalidValue("http.not-found", "there is nothing at this path");
  });
  app.use(failures(log));
  return app;
}

/** `/v1/requests/{requestId}` as express writes it. */
function pattern(path: string): string {
  return path.replace(/\{(\w+)\}/g, ":$1");
}

function handler(route: Route, office: Office, streams: Streams): RequestHandler {
  return async (request, response) => {
    response.locals["route"] = route.id;
    const reader = await admitted(route, office.sessions, request);
    const body = route.method === "post" ? await readBody(request) : undefined;
    send(response, await route.run(office, { params: request.params, query: request.query, body, reader }), streams);
  };
}

/** Before anything of the body is read. */
async function admitted(route: Route, sessions: Sessions, { headers }: Request): Promise<SessionReader | undefined> {
  const reader = await sessions.reader(headers.authorization);
  if (isOpen(route.id)) return reader;
  if (reader === undefined) throw new InvalidValue("http.no-session", "log in first: a session is needed to read this");
  if (!mayUse(route.id, reader))
    throw new InvalidValue("http.not-for-you", `${reader.member} is in no group that may read this`);
  return reader;
}

function send(response: Response, reply: Reply, streams: Streams): void {
  switch (reply.kind) {
    case "json":
      response.status(reply.status).json(reply.value);
      return;
    case "text":
      response.status(200).type(reply.type).send(reply.text);
      return;
    case "problem":
      sendProblem(response, reply.problem);
      return;
    case "stream":
      streams.open(response, reply.reader);
  }
}

function otherMethods(path: string): RequestHandler {
  const here = routes.filter((route) => route.path === path);
  const allowed = here.flatMap(({ method }) => (method === "get" ? ["GET", "HEAD"] : ["POST"])).join(", ");
  return (_request, response) => {
    response.set("allow", allowed);
    throw new InvalidValue("http.method", `this path takes ${allowed}`);
  };
}

function failures(log: AccessLog): ErrorRequestHandler {
  return (error: unknown, _request, response, next) => {
    // Never so; but Express knows an error handler by its four parameters.
    if (error === undefined) {
      next();
      return;
    }
    const problem = problemOf(error);
    if (problem.status >= 500) log.failed(routeOf(response), error);
    // Half an answer is out: the connection is all that is left to end.
    if (response.headersSent) response.destroy();
    else sendProblem(response, problem);
  };
}

function sendProblem(response: Response, problem: Problem): void {
  response.locals["code"] = problem.code;
  if (problem.status === 401) response.set("www-authenticate", "Bearer");
  if (problem.status === 413) response.set("connection", "close");
  response.status(problem.status).type("application/problem+json").send(JSON.stringify(problem));
}

function account(metrics: Metrics, log: AccessLog): RequestHandler {
  return (_request, response, next) => {
    const begun = performance.now();
    response.once("close", () => {
      const ms = Math.round(performance.now() - begun);
      const route = routeOf(response);
      const { code }: { code?: unknown } = response.locals;
      metrics.count(route, response.statusCode, ms / 1_000);
      log.called({ route, status: response.statusCode, ms, ...(typeof code === "string" ? { code } : {}) });
    });
    next();
  };
}

function routeOf({ locals }: Response): string {
  const route: unknown = locals["route"];
  return typeof route === "string" ? route : "unknown";
}
