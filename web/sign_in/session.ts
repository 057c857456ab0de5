/**
 * Who is signed in, for every page this server gives out: a bearer token in sessionStorage (never localStorage), and the
 * ways to get one that `GET /session/options` names. No dependency, so that each page's own bundle can take it in.
 */
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

/** What the server says about the ways to sign in here. */
export interface SessionOptions {
  environment: "local" | "development" | "production";
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

/** Calls `listener` at every sign-in and sign-out; the result ends that. */
export function onToken(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/** A token as somebody pastes it, with or without the word before it. */
export const pasted = (text: string): string => text.trim().replace(/^Bearer\s+/i, "");

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
