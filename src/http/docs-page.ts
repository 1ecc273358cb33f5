/** The API's description as one static page: no script, no font, nothing from elsewhere. */
import { createHash } from "node:crypto";
import { z } from "zod";
import type { Json } from "../values/json.ts";
import { access } from "./roles.ts";

const style =
  "body{font:16px/1.5 system-ui,sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem;color:#1a1a1a;background:#fff}" +
  "code,pre{font:14px/1.45 ui-monospace,monospace}pre{background:#f4f4f4;padding:.75rem;overflow:auto}" +
  "section{border-top:1px solid #ccc}th,td{text-align:left;padding:.2rem 1rem .2rem 0;vertical-align:top}";

/** What the page's content security policy must allow, and nothing besides. */
export const styleHash = `'sha256-${createHash("sha256").update(style).digest("base64")}'`;

const documentSchema = z.object({
  info: z.object({ title: z.string(), description: z.string() }),
  paths: z.record(
    z.string(),
    z.record(
      z.string(),
      z.object({
        summary: z.string(),
        parameters: z.json().optional(),
        requestBody: z.json().optional(),
        responses: z.json(),
      }),
    ),
  ),
  components: z.object({ schemas: z.record(z.string(), z.json()) }),
});

export function docsPage(openapi: Json): string {
  const { info, paths, components } = documentSchema.parse(openapi);
  const operations = Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, { summary, ...rest }]) => {
      const id = `${method.toUpperCase()} ${path}`;
      return `<section><h2><code>${escape(id)}</code></h2><p>${escape(summary)}</p><p>For: ${escape(readersOf(id))}.</p><details><summary>what it takes and answers</summary>${pre(rest)}</details></section>`;
    }),
  );
  const schemas = Object.entries(components.schemas).map(
    ([name, schema]) => `<section><h3>${escape(name)}</h3>${pre(schema)}</section>`,
  );
  return [
    `<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>${escape(info.title)} API</title><style>${style}</style></head><body>`,
    `<h1>${escape(info.title)} API</h1><p>${escape(info.description)} Machine readable: <a href="/openapi.json">openapi.json</a>.</p>`,
    "<p>Reading needs a session: <code>POST /v1/sessions</code> with a credential gives a challenge, and the signed challenge a token for the header <code>Authorization: Bearer</code>. Saying something needs none: authority is the signature. Errors are problem+json (RFC 9457) with a stable code.</p>",
    ...operations,
    "<h2>Schemas</h2>",
    ...schemas,
    "</body></html>\n",
  ].join("\n");
}

function readersOf(id: string): string {
  const found: string | readonly string[] = Object.entries(access).find(([known]) => known === id)?.[1] ?? "nobody";
  if (found === "session") return "every member of the roster";
  return typeof found === "string" ? found : found.join(", ");
}

function pre(value: unknown): string {
  return `<pre>${escape(JSON.stringify(value, undefined, 2))}</pre>`;
}

function escape(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}
