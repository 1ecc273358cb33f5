/** A field of a form with its label, and below it what is wrong with it, once something was typed. */
import { h, type JSX, type TargetedEvent } from "preact";
import { InvalidValue } from "../values/errors.ts";
import { said } from "./said.ts";

export type Choice<T extends string> = {
  readonly options: readonly T[];
  readonly set: (value: T) => void;
  readonly words?: (option: T) => string;
};

export function choice<T extends string>(id: string, name: string, value: T, of: Choice<T>): JSX.Element {
  const { options, set, words } = of;
  const onChange = (event: TargetedEvent<HTMLSelectElement>): void => {
    const chosen = options.find((option) => option === event.currentTarget.value);
    if (chosen !== undefined) set(chosen);
  };
  return h(
    "div",
    {},
    h("label", { for: id }, name),
    h(
      "select",
      { id, value, onChange },
      ...options.map((option) => h("option", { value: option }, words === undefined ? option : words(option))),
    ),
  );
}

type Typed = {
  readonly set: (value: string) => void;
  /** Why the whole cannot be asked yet; shown where it is about this field. */
  readonly error: unknown;
  /** Of a list of suggestions. */
  readonly list?: string | undefined;
};

export function field(id: string, name: string, value: string, { set, error, list }: Typed): JSX.Element {
  const wrong = error instanceof InvalidValue && error.field === id && value !== "" ? error.message : undefined;
  const onInput = (event: TargetedEvent<HTMLInputElement>): void => {
    set(event.currentTarget.value);
  };
  const described = wrong === undefined ? {} : ({ "aria-invalid": "true", "aria-describedby": `${id}-wrong` } as const);
  return h(
    "div",
    {},
    h("label", { for: id }, name),
    h("input", {
      id,
      type: "text",
      autocomplete: "off",
      spellcheck: false,
      value,
      onInput,
      ...(list === undefined ? {} : { list }),
      ...described,
    }),
    wrong === undefined ? null : h("p", { id: `${id}-wrong`, class: "hint wrong" }, said(wrong)),
  );
}
