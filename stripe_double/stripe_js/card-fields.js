// What a person types of a card: how it is written, what is wrong with it, and the form that is sent of it.

const digits = (text) => text.replace(/\D/g, "");

/** In groups as on the card; the caret stays behind the digit it stood behind. */
export function tidyNumber(input) {
  const behind = digits(input.value.slice(0, input.selectionStart ?? input.value.length)).length;
  let rest = digits(input.value).slice(0, 19);
  const groups = [];
  for (const size of /^3[47]/.test(rest) ? [4, 6, 5] : [4, 4, 4, 4, 3]) {
    if (rest) groups.push(rest.slice(0, size));
    rest = rest.slice(size);
  }
  input.value = groups.join(" ");
  let place = 0;
  for (let seen = 0; seen < behind && place < input.value.length; place += 1) if (input.value[place] !== " ") seen += 1;
  input.setSelectionRange(place, place);
}

/** "12 / 34" of "1234", unless the person is taking something out. */
export function tidyExpiry(input, { inputType = "" }) {
  if (inputType.startsWith("delete")) return;
  const match = /^\s*(0[1-9]|1[0-2])\s*\/?\s*(\d{0,4})$/.exec(input.value);
  if (match) input.value = `${match[1]} / ${match[2]}`;
}

/** @returns {{ field: string, code: string, message: string }[]} in the order of the fields */
export function mistakes({ number, expiry, cvc }, now = new Date()) {
  return [numberIs(digits(number)), expiryIs(expiry, now), cvcIs(digits(cvc), digits(number))].filter(Boolean);
}

/** The card as Stripe takes it. */
export function form({ number, expiry, cvc }) {
  const { month, year } = parts(expiry);
  const card = { number: digits(number), exp_month: month, exp_year: year, cvc: digits(cvc) };
  const fields = Object.entries(card).map(([name, value]) => [`payment_method_data[card][${name}]`, value]);
  return { "payment_method_data[type]": "card", ...Object.fromEntries(fields) };
}

const wrong = (field, code, message) => ({ field, code, message });

function numberIs(number) {
  if (number.length < 12) return wrong("number", "incomplete_number", "Your card number is incomplete.");
  return passesLuhn(number) ? null : wrong("number", "invalid_number", "Your card number is invalid.");
}

function expiryIs(expiry, now) {
  const { month, year } = parts(expiry);
  if (!month) return wrong("expiry", "incomplete_expiry", "Your card’s expiration date is incomplete.");
  if (Number(month) > 12 || Number(month) < 1)
    return wrong("expiry", "invalid_expiry_month", "Your card’s expiration month is invalid.");
  const end = new Date(2000 + Number(year.slice(-2)), Number(month), 1);
  return end > now ? null : wrong("expiry", "invalid_expiry_year_past", "Your card’s expiration date is in the past.");
}

function cvcIs(cvc, number) {
  const needed = /^3[47]/.test(number) ? 4 : 3;
  return cvc.length >= needed ? null : wrong("cvc", "incomplete_cvc", "Your card’s security code is incomplete.");
}

function parts(expiry) {
  const match = /^\s*(\d{1,2})\s*\/?\s*(\d{2}|\d{4})\s*$/.exec(expiry);
  return match ? { month: match[1], year: match[2] } : { month: "", year: "" };
}

function passesLuhn(number) {
  const doubled = [...number].reverse().map((digit, place) => Number(digit) * (1 + (place % 2)));
  return doubled.reduce((sum, value) => sum + (value > 9 ? value - 9 : value), 0) % 10 === 0;
}
