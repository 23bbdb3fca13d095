// @ts-check
/** The account of who is signed in: addresses, sessions, mails and the copy of their data. */
import { call } from "./session.js";

/**
 * @typedef {object} Address
 * @property {string} id
 * @property {string} name
 * @property {string} line1
 * @property {string | null} line2
 * @property {string | null} city
 * @property {string | null} postal_code
 * @property {string | null} region
 * @property {string} country
 * @property {string | null} phone
 * @property {boolean} default_shipping
 * @property {boolean} default_billing
 */
/** @typedef {Record<string, string | boolean | null>} AddressWish */
/** @typedef {{ id: string, created_at: string, last_used_at: string, user_agent: string | null, current: boolean }} Session */
/** @typedef {{ id: string, ready_at: string | null, asked_at: string }} Export */
/** @typedef {{ state: "waiting" | "blocked" | "begun" | "erased", due_at: string }} Erasure */

const ME = "/api/v1/accounts/me";
const ADDRESSES = `${ME}/addresses`;

/** @param {AbortSignal} [signal] @returns {Promise<Address[]>} */
export const readAddresses = async (signal) => (await call("GET", ADDRESSES, { signal })).items;

/** @param {AddressWish} wish @param {string} key the same for the same wish @returns {Promise<Address>} */
export const addAddress = (wish, key) => call("POST", ADDRESSES, { body: wish, headers: { "Idempotency-Key": key } });

/** @param {string} id @param {AddressWish} wish @returns {Promise<Address>} */
export const changeAddress = (id, wish) => call("PUT", `${ADDRESSES}/${encodeURIComponent(id)}`, { body: wish });

/** @param {string} id */
export const deleteAddress = (id) => call("DELETE", `${ADDRESSES}/${encodeURIComponent(id)}`);

/** @param {AbortSignal} signal @returns {Promise<Session[]>} */
export const readSessions = async (signal) => (await call("GET", "/api/v1/sessions", { signal })).items;

/** @param {string} id */
export const endSession = (id) => call("DELETE", `/api/v1/sessions/${encodeURIComponent(id)}`);

/** A link goes to the new address. @param {{ email: string, password: string }} wish @returns {Promise<{ email: string }>} */
export const askEmail = (wish) => call("POST", `${ME}/email-changes`, { body: wish });

/** @param {AbortSignal} signal @returns {Promise<Export[]>} */
export const readExports = async (signal) => (await call("GET", `${ME}/exports`, { signal })).items;

/** @returns {Promise<Export>} */
export const askExport = () => call("POST", `${ME}/exports`);

/** For people to read. @param {string} id @returns {Promise<Blob>} */
export const readExport = (id) => call("GET", `${ME}/exports/${encodeURIComponent(id)}/file?form=html`, { file: true });

/** @param {AbortSignal} signal @returns {Promise<Erasure>} */
export const readErasure = (signal) => call("GET", `${ME}/erasure`, { signal });

/** @returns {Promise<Erasure>} */
export const askErasure = () => call("POST", `${ME}/erasure`);

export const undoErasure = () => call("DELETE", `${ME}/erasure`);
