/** One fetcher for the page: HTTP for queries and mutations, a WebSocket opened only when a subscription is run. */
import { createGraphiQLFetcher, type Fetcher } from "@graphiql/toolkit";
import { createClient } from "graphql-ws";
import { readToken, writeToken } from "../../sign_in/session";

const bearer = (): Record<string, string> => {
  const token = readToken();
  return token ? { Authorization: `Bearer ${token}` } : {};
};

/** A header typed in the Headers tab wins over the signed-in token, so another caller can be tried out in one tab. */
const authorisedFetch: typeof fetch = async (input, init) => {
  const headers = new Headers(init?.headers);
  const token = headers.has("authorization") ? null : readToken();
  if (token) headers.set("authorization", `Bearer ${token}`);
  const response = await fetch(input, { ...init, headers });
  // Only the token that was refused is forgotten: somebody may have signed in while this was under way.
  if (response.status === 401 && token && token === readToken()) writeToken(null);
  return response;
};

export function makeFetcher(): Fetcher {
  const wsClient = createClient({
    url: `${location.protocol === "https:" ? "wss" : "ws"}://${location.host}/graphql`,
    lazy: true,
    retryAttempts: 3,
    connectionParams: bearer,
  });
  return createGraphiQLFetcher({ url: "/graphql", fetch: authorisedFetch, wsClient });
}

interface HistoryItem {
  headers?: string;
}

const withoutHeaders = (value: string): string => {
  try {
    const parsed: unknown = JSON.parse(value);
    if (typeof parsed !== "object" || parsed === null) return value;
    for (const list of Object.values(parsed))
      if (Array.isArray(list)) (list as HistoryItem[]).forEach((item) => delete item?.headers);
    return JSON.stringify(parsed);
  } catch {
    return value;
  }
};

/** GraphiQL's storage without typed request headers: its history would otherwise keep tokens in localStorage. */
export const storageWithoutTokens = {
  getItem: (key: string) => localStorage.getItem(key),
  setItem: (key: string, value: string) =>
    localStorage.setItem(key, /:(queries|favorites)$/.test(key) ? withoutHeaders(value) : value),
  removeItem: (key: string) => localStorage.removeItem(key),
  clear: () => localStorage.clear(),
  get length() {
    return localStorage.length;
  },
};
