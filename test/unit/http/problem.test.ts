/** Problems: the table is the documentation, every code of the gate has its place in it, and nothing is told that is not ours to tell. */
import { globSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { codes, problemOf, refusalProblem, rowOf, stages, withoutBytes } from "../../../src/http/problem.ts";
import { problemSchema } from "../../../src/request/api.ts";
import { Fault, InvalidValue, InvariantViolation } from "../../../src/values/errors.ts";

/** Rows `| code | status | title |` of a section of the page. */
function rowsAfter(mark: string): Record<string, readonly [number, string]> {
  const page = readFileSync("docs/problems.md", "utf8");
  const [section = ""] = page.slice(page.indexOf(mark)).split("\n## ");
  const rows = [...section.matchAll(/^\| `([^`]+)` +\| (\d{3}) +\| (.+?) +\|$/gm)];
  return Object.fromEntries(rows.map(([, code, status, title]) => [code!, [Number(status), title!] as const]));
}

describe("the table", () => {
  it("is what docs/problems.md says", () => {
    expect(rowsAfter("<!-- codes -->")).toEqual(codes);
    expect(rowsAfter("<!-- stages -->")).toEqual(stages);
  });

  it("knows the stage of every code that the gate's admission and the parsers refuse with", () => {
    const sources = globSync([
      "src/flow/gate/admit*.ts",
      "src/gate/*.ts",
      "src/{statement,values,intent,http}/*.ts",
      "src/genesis/{change,possession}.ts",
      "src/policy/{document,compile}.ts",
    ]);
    const said = sources.flatMap((path) => [
      ...readFileSync(path, "utf8").matchAll(/InvalidValue\(\s*"([a-z0-9]+\.[A-Za-z0-9-]+)"/g),
    ]);
    const stageOf = (code: string): string => code.slice(0, code.indexOf("."));
    const unknown = said.map(([, code = ""]) => code).filter((code) => !(code in codes) && !(stageOf(code) in stages));
    expect(said.length).toBeGreaterThan(80);
    // Said to whoever starts the service, before there is anybody to answer.
    expect(unknown).toEqual(["http.host"]);
  });

  it("has only codes that somebody says", () => {
    const everything = globSync("src/**/*.ts")
      .filter((path) => !path.endsWith("http/problem.ts"))
      .map((path) => readFileSync(path, "utf8"))
      .join("\n");
    expect(Object.keys(codes).filter((code) => !everything.includes(`"${code}"`))).toEqual([]);
  });

  it.each(Object.entries({ ...codes, ...stages }))(
    "gives %s a status of an error and a title",
    (_, [status, title]) => {
      expect(status).toBeGreaterThanOrEqual(400);
      expect(status).toBeLessThan(600);
      expect(title).toMatch(/^[A-Z].*[^.]$/);
    },
  );
});

describe("a problem", () => {
  it("takes the code's own status, then the stage's, then 422", () => {
    expect(rowOf("approval.id-used")[0]).toBe(409);
    expect(rowOf("approval.amount")[0]).toBe(422);
    expect(rowOf("value.amount")[0]).toBe(400);
    expect(rowOf("never.heard-of")[0]).toBe(422);
    expect(rowOf("nothing")[0]).toBe(422);
  });

  it("is a client's for input, the world's for a fault, and says nothing of a bug", () => {
    expect(problemOf(new InvalidValue("value.amount", "no", "a.b"))).toMatchObject({ status: 400, field: "a.b" });
    expect(problemOf(new Fault("store.unavailable", "no store", "safe"))).toMatchObject({
      status: 503,
      code: "store.unavailable",
    });
    for (const bug of [new InvariantViolation("secret"), new TypeError("secret"), "secret", undefined]) {
      const problem = problemOf(bug);
      expect(problem).toMatchObject({ status: 500, code: "http.broken" });
      expect(JSON.stringify(problem)).not.toContain("secret");
    }
  });

  it("always has the form that the schema says", () => {
    for (const error of [new InvalidValue("a.b", ""), new Fault("c.d", "", "never"), new URIError("x"), null]) {
      expect(problemSchema.safeParse(problemOf(error)).success).toBe(true);
    }
  });

  it("tells hashes and keeps bytes", () => {
    const hash = `0x${"a".repeat(64)}`;
    expect(withoutBytes(`request ${hash} of 0x${"b".repeat(130)}`)).toBe(`request ${hash} of (bytes)`);
    expect(refusalProblem("value.hex", `\`${"c".repeat(70)}\``, "").detail).toBe("`(bytes)`");
  });
});
