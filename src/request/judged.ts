/** What a policy was judged to be, as the API shows it: analysis, tests, claims, and the report of a draft. */
import { z } from "zod";
import { clauseSchema } from "../policy/decision.ts";
import type { Judged, PolicyReport } from "../policy/change/report.ts";
import { bytes32Schema, countSchema, instantSchema, jsonSchema, nameSchema } from "../values/schema.ts";
import { toWire } from "../values/wire.ts";

/** A request that shows it, in words and as `policy test` writes it. */
const exampleSchema = z.strictObject({
  text: z.string(),
  request: jsonSchema,
  at: z.string(),
  votes: z.array(z.string()).optional(),
  waited: z.string().optional(),
});

export const findingSchema = z.strictObject({
  code: z.string(),
  severity: z.enum(["error", "warning", "note"]),
  /** Path in the document. */
  field: z.string(),
  message: z.string(),
  example: exampleSchema.optional(),
});

export const judgedSchema = z.strictObject({
  /** `undecided` is no answer and never fine; `why` says why. */
  analysis: z.strictObject({
    kind: z.enum(["clean", "errors", "undecided"]),
    findings: z.array(findingSchema),
    why: z.string().optional(),
  }),
  tests: z.array(z.strictObject({ name: z.string(), expected: z.string(), came: z.string(), passed: z.boolean() })),
  claims: z.array(
    z.strictObject({
      field: z.string(),
      kind: z.enum(["proved", "false", "undecided"]),
      /** What is claimed, in words. */
      claim: z.string(),
      message: z.string(),
      example: exampleSchema.optional(),
    }),
  ),
});

const effectSchema = z.enum(["tightening", "loosening", "incomparable", "undecided"]);

export const policyReportSchema = judgedSchema.extend({
  class: z.enum(["tighten", "loosen"]),
  documentHash: bytes32Schema,
  rosterHash: bytes32Schema,
  /** Leaves of the log that were looked at. */
  logSize: countSchema,
  obstacles: z.array(
    z.strictObject({
      code: z.string(),
      field: z.string(),
      message: z.string(),
      /** Of a draft that is text, from 1. */
      line: countSchema.optional(),
    }),
  ),
  /** Null for an asset's first policy. */
  diff: z
    .strictObject({
      kind: z.enum(["same", "tightening", "loosening", "undecided"]),
      regions: z.array(
        z.strictObject({
          effect: effectSchema,
          region: z.string(),
          from: z.string(),
          to: z.string(),
          example: exampleSchema.optional(),
        }),
      ),
      settings: z.array(z.strictObject({ effect: effectSchema, field: z.string(), from: z.string(), to: z.string() })),
    })
    .nullable(),
  replay: z.strictObject({
    tried: countSchema,
    flips: z.array(
      z.strictObject({
        requestId: bytes32Schema,
        at: instantSchema,
        words: z.string(),
        from: z.string(),
        to: z.string(),
        code: z.string(),
        why: z.array(clauseSchema),
        recorded: z.boolean(),
        unasked: z.boolean(),
      }),
    ),
  }),
  lines: z.array(z.string()),
  /** The draft in plain English. */
  inWords: z.array(z.string()),
  /** Of the report as `policy propose` makes it; what officers sign. */
  hash: bytes32Schema,
});

export const judgedPolicySchema = judgedSchema.extend({
  asset: nameSchema,
  hash: bytes32Schema,
  version: countSchema,
  document: jsonSchema,
  /** In plain English. */
  lines: z.array(z.string()),
});

export type JudgedView = z.output<typeof judgedSchema>;
export type PolicyReportView = z.output<typeof policyReportSchema>;
export type JudgedPolicy = z.output<typeof judgedPolicySchema>;

export function judgedView({ analysis, tests, proof }: Judged): JudgedView {
  const { kind, findings, why } = analysis;
  return judgedSchema.parse(toWire({ analysis: { kind, findings, why }, tests, claims: proof.claims }));
}

export function reportView(report: PolicyReport, inWords: readonly string[]): PolicyReportView {
  const { documentHash, rosterHash, logSize, obstacles, diff, replay, lines, hash } = report;
  const shown = diff === undefined ? null : { kind: diff.kind, regions: diff.regions, settings: diff.settings };
  const rest = { documentHash, rosterHash, logSize, obstacles, diff: shown, replay, lines, inWords, hash };
  return policyReportSchema.parse(toWire({ ...judgedView(report), class: report.class, ...rest }));
}
