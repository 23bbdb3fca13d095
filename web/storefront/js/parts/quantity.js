// @ts-check
/** How many: a number between minus and plus. */
import { MOST } from "../cart.js";
import { h } from "../dom.js";
import { t } from "../texts.js";

/**
 * @param {{ id: string, of: string, value: number, max: number | null, change?: (quantity: number) => void }} wish
 *   `of`: what is counted; `max`: null for no bound
 */
export function quantity({ id, of, value, max, change = () => {} }) {
  const bound = Math.max(1, Math.min(MOST, max ?? MOST));
  const box = h("input", {
    id,
    type: "number",
    inputmode: "numeric",
    min: 1,
    max: Math.max(bound, value),
    value,
    onchange: () => set(read()),
  });
  const less = h(
    "button",
    {
      type: "button",
      id: `${id}-less`,
      "aria-label": t("One less of {what}", { what: of }),
      onclick: () => set(read() - 1),
    },
    "−",
  );
  const more = h(
    "button",
    {
      type: "button",
      id: `${id}-more`,
      "aria-label": t("One more of {what}", { what: of }),
      onclick: () => set(read() + 1),
    },
    "+",
  );
  const read = () => (Number.isFinite(box.valueAsNumber) ? Math.trunc(box.valueAsNumber) : 1);
  const draw = () => {
    less.disabled = read() <= 1;
    more.disabled = read() >= bound;
  };
  /** @param {number} wanted */
  const set = (wanted) => {
    box.value = String(Math.min(bound, Math.max(1, wanted)));
    draw();
    change(read());
  };
  draw();
  return { node: h("div", { class: "amount" }, less, box, more), read };
}
