"use strict";
const form = document.getElementById("pay");
const choices = [...document.querySelectorAll("[data-number]")];
const digits = (text) => text.replace(/\D/g, "");
const mark = () => {
  for (const choice of choices) {
    choice.setAttribute("aria-pressed", String(choice.dataset.number === digits(form.number.value)));
  }
};
for (const choice of choices) {
  choice.addEventListener("click", () => {
    form.number.value = choice.querySelector("span").textContent;
    form.expiry.value = "12 / 34";
    form.cvc.value = choice.dataset.number.length === 15 ? "1234" : "123";
    mark();
    form.querySelector("button").focus();
  });
}
form.number.addEventListener("input", mark);
form.addEventListener("submit", () => { form.querySelector("button").disabled = true; });
window.addEventListener("pageshow", () => { form.querySelector("button").disabled = false; mark(); });
