/** The GraphQL client, and `send`: a mutation that survives a dropped connection because its input stays the same. */
import { Client, fetchExchange, type AnyVariables, type CombinedError, type TypedDocumentNode } from "urql";
import { useSyncExternalStore } from "react";
import { readToken, writeToken } from "./session";

/** Longer than the slowest model step, so that a call that still works is not cut off. */
const PATIENCE_MS = 60_000;

export const client = new Client({
  url: "/graphql",
  preferGetMethod: false,
  requestPolicy: "network-only",
  exchanges: [fetchExchange],
  fetch: async (input, init) => {
    const token = readToken();
    const headers = new Headers(init?.headers);
    if (token) headers.set("authorization", `Bearer ${token}`);
    const response = await fetch(input, { ...init, headers, signal: init?.signal ?? AbortSignal.timeout(PATIENCE_MS) });
    // Only the token that was refused is forgotten: somebody may have signed in while this was under way.
    if (response.status === 401 && token === readToken()) writeToken(null);
    return response;
  },
});

let waiting = 0;
const listeners = new Set<() => void>();
const wait = (change: number): void => {
  waiting += change;
  listeners.forEach((listener) => listener());
};

/** True while something the person did is kept here and waits for the connection. */
export const useIsWaiting = (): boolean =>
  useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => waiting > 0,
  );

/** Worth sending again: nothing came back, or the server said that it could not answer just now. */
export function isTransient(error: CombinedError): boolean {
  const status = (error.response as Response | undefined)?.status;
  if (error.networkError && (status === undefined || status >= 500 || status === 429)) return true;
  return error.graphQLErrors.some((e) => ["UNAVAILABLE", "TIMEOUT", "RATE_LIMITED"].includes(String(e.extensions.code)));
}

const pause = (ms: number): Promise<void> =>
  new Promise((resolve) => {
    const done = (): void => {
      clearTimeout(timer);
      removeEventListener("online", done);
      resolve();
    };
    const timer = setTimeout(done, ms);
    addEventListener("online", done);
  });

const isInProgress = (data: unknown): boolean =>
  Object.values(data as Record<string, { errors?: { code?: string }[] } | null>).some((payload) =>
    payload?.errors?.some((error) => error.code === "IDEMPOTENCY_IN_PROGRESS"),
  );

/**
 * Sends a mutation until the server has answered. The same variables go out each time: with the idempotency key in
 * them, an answer that was recorded although its reply got lost is not recorded twice.
 * Throws the client's error when the server refuses the document or the caller.
 */
export async function send<Data, Variables extends AnyVariables>(
  document: TypedDocumentNode<Data, Variables>,
  variables: Variables,
): Promise<Data> {
  let isMarked = false;
  try {
    for (let attempt = 0; ; attempt += 1) {
      const { data, error } = await client.mutation(document, variables).toPromise();
      if (data && !error && !isInProgress(data)) return data;
      if (error && !isTransient(error)) throw error;
      if (!isMarked) wait(1);
      isMarked = true;
      await pause(Math.min(500 * 2 ** attempt, 8_000));
    }
  } finally {
    if (isMarked) wait(-1);
  }
}

/** One key for one thing a person did; `randomUUID` exists on https and localhost only, so it is made by hand. */
export const newKey = (): string =>
  Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, "0")).join("");
