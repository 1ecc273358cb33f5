/** The console's files under `/console/`: read once, served as they are, under a policy that lets them load only each other and call only this API. */
import type { Express, Request, Response } from "express";
import { InvalidValue } from "../values/errors.ts";
import type { Hex } from "../values/hex.ts";

export type ConsoleFile = {
  /** Behind `/console/`, such as `assets/console.js`; the page itself is the empty path. */
  readonly path: string;
  readonly type: string;
  readonly bytes: Uint8Array;
  /** The same by gzip, for a browser that reads it; undefined for what is as short without. */
  readonly compressed?: Uint8Array | undefined;
  readonly sha256: Hex;
};

/** No inline code, no plug-in, no frame, no form that goes anywhere, and no text that becomes markup or code. */
export const consolePolicy = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
  "require-trusted-types-for 'script'",
  "trusted-types 'none'",
].join("; ");

/** Without files, `/console/` says how to make them. */
export function serveConsole(app: Express, files: readonly ConsoleFile[]): void {
  app.get("/console", (_request, response) => {
    response.redirect(308, "/console/");
  });
  // Whose copy the pages are: one's own says more (`countersign console`).
  app.get("/console/here.json", (_request, response) => {
    response.locals["route"] = "GET /console/";
    response.status(200).json({ kind: "served" });
  });
  for (const file of files) {
    app.get(`/console/${file.path}`, (request, response) => {
      response.locals["route"] = "GET /console/";
      send(request, response, file);
    });
  }
  if (files.length > 0) return;
  app.get("/console/", () => {
    throw new InvalidValue("http.not-found", "the console is not built here: run `npm run build`");
  });
}

function send(request: Request, response: Response, { type, bytes, compressed }: ConsoleFile): void {
  response.set("content-security-policy", consolePolicy).vary("accept-encoding");
  const short = request.acceptsEncodings("gzip") === "gzip" ? compressed : undefined;
  if (short !== undefined) response.set("content-encoding", "gzip");
  response
    .status(200)
    .type(type)
    .send(Buffer.from(short ?? bytes));
}
