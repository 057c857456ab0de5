/** Who is signed in: a bearer token in sessionStorage (never localStorage), shared with the technician's page. */
import { useSyncExternalStore } from "react";

const TOKEN_KEY = "handrail.token";

export interface DemoPerson {
  email: string;
  name: string;
  role: string;
  account: string;
}

export interface OidcOptions {
  issuer: string;
  clientId: string;
  scopes: string;
}

/** What `GET /session/options` says about the ways to sign in here. */
export interface SessionOptions {
  environment: "development" | "production";
  demoPeople: DemoPerson[];
  oidc: OidcOptions | null;
}

const listeners = new Set<() => void>();

export const readToken = (): string | null => sessionStorage.getItem(TOKEN_KEY);

export function writeToken(token: string | null): void {
  if (token) sessionStorage.setItem(TOKEN_KEY, token);
  else sessionStorage.removeItem(TOKEN_KEY);
  listeners.forEach((listener) => listener());
}

export const useToken = (): string | null =>
  useSyncExternalStore((listener) => {
    listeners.add(listener);
    return () => listeners.delete(listener);
  }, readToken);

export async function fetchOptions(): Promise<SessionOptions> {
  const response = await fetch("/session/options", { headers: { accept: "application/json" } });
  if (!response.ok) throw new Error(`The server did not say how to sign in (HTTP ${response.status}).`);
  return (await response.json()) as SessionOptions;
}

/** One click for a demo person; the server allows it in development from this machine only. */
export async function signInAsDemo(email: string): Promise<string> {
  const response = await fetch("/session/demo", {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ email }),
  });
  if (!response.ok) throw new Error(`Demo sign-in was refused (HTTP ${response.status}).`);
  return ((await response.json()) as { token: string }).token;
}

export interface Viewer {
  name: string;
  role: string | null;
  account: { name: string } | null;
  permissions: string[];
}

/** The person behind a token, or null when the server does not accept it. */
export async function fetchViewer(token: string): Promise<Viewer | null> {
  const response = await fetch("/graphql", {
    method: "POST",
    headers: { "content-type": "application/json", accept: "application/json", authorization: `Bearer ${token}` },
    body: JSON.stringify({ query: "query WhoAmI { viewer { name role permissions account { name } } }" }),
  });
  if (response.status === 401) return null;
  const body = (await response.json()) as { data?: { viewer: Viewer | null } | null };
  return body.data?.viewer ?? null;
}
