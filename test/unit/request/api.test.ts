/** The API's schemas: what they take, what they refuse, and that answers survive being read by them. */
import { describe, expect, it } from "vitest";
import * as api from "../../../src/request/api.ts";
import { decision, requestId, someId, submitted, view } from "../../http/fake-desk.ts";

const refuses = (schema: { safeParse: (input: unknown) => { success: boolean } }, input: unknown): boolean =>
  !schema.safeParse(input).success;

describe("bodies", () => {
  it("of a session carry a credential or a statement, and never both", () => {
    expect(api.sessionBodySchema.parse({ credential: "ida-1" })).toEqual({ credential: "ida-1" });
    expect(api.sessionBodySchema.parse({ statement: submitted() })).toEqual({ statement: submitted() });
    expect(refuses(api.sessionBodySchema, {})).toBe(true);
    expect(refuses(api.sessionBodySchema, { credential: "ida-1", statement: submitted() })).toBe(true);
  });

  it("of a statement carry any JSON beside it, and nothing else", () => {
    const attachment = [{ a: [1, "b", null, true] }];
    expect(api.statementBodySchema.parse({ statement: submitted(), attachment })).toEqual({
      statement: submitted(),
      attachment,
    });
    expect(refuses(api.statementBodySchema, { statement: submitted(), note: "" })).toBe(true);
  });
});

describe("queries", () => {
  it("read counts as decimal text", () => {
    expect(api.requestsQuerySchema.parse({ limit: "500" })).toEqual({ limit: 500 });
    expect(api.entriesQuerySchema.parse({ from: "0" })).toEqual({ from: 0 });
    for (const limit of ["0", "501", "1e2", "+1", "01", " 1", "1.0", "9".repeat(16), ["1", "2"]]) {
      expect(refuses(api.requestsQuerySchema, { limit })).toBe(true);
    }
  });

  it("of proofs ask for inclusion or for consistency, whole", () => {
    expect(api.proofsQuerySchema.parse({ index: "1", size: "2" })).toEqual({ index: 1, size: 2 });
    expect(api.proofsQuerySchema.parse({ from: "1", to: "2" })).toEqual({ from: 1, to: 2 });
    for (const query of [{}, { index: "1" }, { index: "1", to: "2" }, { index: "1", size: "2", from: "1", to: "2" }]) {
      expect(refuses(api.proofsQuerySchema, query)).toBe(true);
    }
  });
});

describe("answers", () => {
  it("read back as what was written", () => {
    expect(api.requestPageSchema.parse(structuredClone({ requests: [view], next: requestId }))).toEqual({
      requests: [view],
      next: requestId,
    });
    expect(api.simulationSchema.parse({ kind: "decided", decision })).toEqual({ kind: "decided", decision });
    expect(api.happeningSchema.parse({ id: 1, requestId: someId, state: "final" })).toEqual({
      id: 1,
      requestId: someId,
      state: "final",
    });
  });

  it("with a field nobody knows are not the API's", () => {
    expect(refuses(api.requestViewSchema, { ...view, approved: true })).toBe(true);
    expect(refuses(api.problemSchema, { type: "", title: "", status: 200, detail: "", code: "", field: "" })).toBe(
      true,
    );
  });
});
