/** The place in the address bar, as a page follows it. */
import { useEffect, useState } from "preact/hooks";
import { readPlace, type Place } from "./place.ts";

export function usePlace(): Place {
  const [place, setPlace] = useState(() => readPlace(location.hash));
  useEffect(() => {
    const moved = (): void => {
      setPlace(readPlace(location.hash));
    };
    addEventListener("hashchange", moved);
    return () => {
      removeEventListener("hashchange", moved);
    };
  }, []);
  return place;
}
