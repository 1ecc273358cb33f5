/** What one check found, what it was asked with, and both as the agent's frames carry them. */
import * as z from "zod";

/**
 * - `pass` as it must be
 * - `note` worth knowing, nothing to do about
 * - `warn` looser than asked, and made good by what is checked elsewhere
 * - `known` it fails, and the profile says where that is written
 * - `skip` what it needs was not there, or nobody asked for it
 * - `fail` keys must not be kept behind this module
 */
export const verdicts = ["pass", "note", "warn", "known", "skip", "fail"] as const;
export type Verdict = (typeof verdicts)[number];

const findingSchema = z.strictObject({
  verdict: z.enum(verdicts),
  said: z.string().max(1_000),
  /** Counts, codes and times, for programs. */
  figures: z.record(z.string(), z.union([z.number(), z.string()])).default({}),
});

const askSchema = z.strictObject({
  step: z.string(),
  /** What all objects of this run are labelled with. */
  label: z.string(),
  /** Throw-away keys are kept on the token and destroyed in the end, for devices that have no session objects. */
  lasting: z.boolean(),
  /** How many signatures the long check makes. */
  signatures: z.number().int().min(1).max(1_000_000),
});

export type Finding = Readonly<z.infer<typeof findingSchema>>;
export type CheckAsk = Readonly<z.infer<typeof askSchema>>;

export const found = (verdict: Verdict, said: string, figures: Finding["figures"] = {}): Finding => ({
  verdict,
  said,
  figures,
});

export const encodeFinding = (finding: Finding): Uint8Array => new TextEncoder().encode(JSON.stringify(finding));
export const decodeFinding = (payload: Uint8Array): Finding =>
  findingSchema.parse(JSON.parse(new TextDecoder().decode(payload)));
export const encodeAsk = (ask: CheckAsk): Uint8Array => new TextEncoder().encode(JSON.stringify(ask));
export const decodeAsk = (payload: Uint8Array): CheckAsk =>
  askSchema.parse(JSON.parse(new TextDecoder().decode(payload)));
