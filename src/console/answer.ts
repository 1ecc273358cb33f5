/** Something that is asked for and comes later, as a page holds it. */
import { useCallback, useEffect, useState } from "preact/hooks";

export type Answer<T> =
  | { readonly kind: "waiting" }
  | { readonly kind: "failed"; readonly error: unknown }
  | { readonly kind: "known"; readonly value: T };

/** Asks when the page opens and whenever `about` is another; `again` asks anew and keeps showing what is known meanwhile. */
export function useAnswer<T>(ask: () => Promise<T>, about: string): readonly [answer: Answer<T>, again: () => void] {
  const [answer, setAnswer] = useState<Answer<T>>({ kind: "waiting" });
  const [turn, setTurn] = useState(0);
  useEffect(() => {
    setAnswer({ kind: "waiting" });
  }, [about]);
  useEffect(() => {
    let left = false;
    ask().then(
      (value) => {
        if (!left) setAnswer({ kind: "known", value });
      },
      (error: unknown) => {
        if (!left) setAnswer({ kind: "failed", error });
      },
    );
    return () => {
      left = true;
    };
  }, [about, turn]);
  const again = useCallback(() => {
    setTurn((before) => before + 1);
  }, []);
  return [answer, again];
}
