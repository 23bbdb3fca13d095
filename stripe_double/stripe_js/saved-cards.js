// The saved cards of a customer session: a choice above the form, and whether a typed card is saved.

const NEW = "";
let usage = "";

/** @param {HTMLFieldSetElement} place @param {(saved: boolean) => void} chosen told whether a saved card is chosen */
export function showSaved(place, customer, chosen) {
  if (!customer) return;
  const { payment_method_save: save, payment_method_save_usage: its } =
    customer.customer_session.components.payment_element.features ?? {};
  const methods = customer.payment_methods;
  const cards = methods.map(({ id, card }) => [id, `${titled(card.brand)} •••• ${card.last4}`]);
  const choices = cards.length ? [...cards, [NEW, "A new card"]] : [];
  const radios = choices.map(([id, text], at) => choice("radio", id, text, at === 0));
  usage = save === "enabled" ? (its ?? "off_session") : "";
  const box = usage ? [choice("checkbox", "save", "Save this card for later payments", false)] : [];
  place.append(...radios, ...box);
  place.hidden = radios.length + box.length === 0;
  const told = () => {
    if (box.length) box[0].hidden = Boolean(savedCard(place));
    chosen(Boolean(savedCard(place)));
  };
  place.addEventListener("change", told);
  told();
}

/** The id of the saved card that is chosen; "" for a typed one. */
export function savedCard(place) {
  return place.querySelector("input[type=radio]:checked")?.value ?? NEW;
}

/** What is sent beside a typed card: whether it is to be saved, and for what. */
export function saving(place) {
  return place.querySelector("input[type=checkbox]:checked") ? { setup_future_usage: usage } : {};
}

const titled = (word) => word[0].toUpperCase() + word.slice(1);

function choice(type, value, text, checked) {
  const input = Object.assign(document.createElement("input"), { type, name: `saved-${type}`, value, checked });
  const label = document.createElement("label");
  label.className = "choice";
  label.append(input, text);
  return label;
}
