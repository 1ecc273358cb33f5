/** The whole log as a page waits for it, with how far it is. */
import { useState } from "preact/hooks";
import type { WholeLog } from "../sdk/whole-log.ts";
import { useAnswer, type Answer } from "./answer.ts";
import type { Visitor } from "./shell.ts";
import { readWholeLog } from "./whole-log.ts";

export type LogRead = {
  readonly answer: Answer<WholeLog>;
  /** What is waited for, in words. */
  readonly what: string;
  readonly again: () => void;
};

export function useWholeLog(visitor: Visitor): LogRead {
  const [what, setWhat] = useState("the log");
  const tell = (read: number, size: number): void => {
    setWhat(`the log: ${read} of ${size} leaves`);
  };
  const [answer, again] = useAnswer(() => readWholeLog(visitor, tell), "log");
  return { answer, what, again };
}
