// What of Stripe.js is used here, and what the double has of it. All of it: https://github.com/stripe/stripe-js
export interface StripeError {
  type: string;
  code?: string;
  decline_code?: string;
  message?: string;
  payment_intent?: Intent;
}

export interface Intent {
  status: string;
  last_payment_error: StripeError | null;
}

export interface Result {
  paymentIntent?: Intent;
  error?: StripeError;
}

export interface PaymentElement {
  mount(place: HTMLElement): void;
  destroy(): void;
  focus(): void;
  on(event: "ready" | "loaderror", handler: (event: { error?: StripeError }) => void): void;
}

export interface Elements {
  create(type: "payment", options?: object): PaymentElement;
  update(options: { appearance: object }): void;
  submit(): Promise<{ error?: StripeError }>;
}

export interface Stripe {
  elements(options: { clientSecret: string; appearance: object }): Elements;
  confirmPayment(options: {
    elements: Elements;
    confirmParams: { return_url: string };
    redirect: "if_required";
  }): Promise<Result>;
  retrievePaymentIntent(clientSecret: string): Promise<Result>;
}

export type StripeConstructor = (key: string, options: { locale: string }) => Stripe;

declare global {
  interface Window {
    Stripe?: StripeConstructor;
  }
}
