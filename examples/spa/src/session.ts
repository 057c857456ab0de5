/** Who is signed in: a bearer token kept in sessionStorage, so it is gone when the browser tab is closed. */
import { useSyncExternalStore } from "react";

const TOKEN_KEY = "handrail.token";
const listeners = new Set<() => void>();

export interface DemoPerson {
  email: string;
  name: string;
  role: string;
  account: string;
}

export const readToken = (): string | null => sessionStorage.getItem(TOKEN_KEY);

export function writeToken(token: string | null): void {
  if (token) sessionStorage.setItem(TOKEN_KEY, token);
  else sessionStorage.removeItem(TOKEN_KEY);
  listeners.forEach((listener) => listener());
}

const subscribe = (listener: () => void): (() => void) => {
  listeners.add(listener);
  return () => listeners.delete(listener);
};

export const useToken = (): string | null => useSyncExternalStore(subscribe, readToken);

/** The demo people this server offers; none outside development. */
export async function fetchDemoPeople(): Promise<DemoPerson[]> {
  const response = await fetch("/session/options", { headers: { accept: "application/json" } });
  if (!response.ok) return [];
  return ((await response.json()) as { demoPeople: DemoPerson[] }).demoPeople;
}

export async function signInAsDemo(email: string): Promise<void> {
  const response = await fetch("/session/demo", {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ email }),
  });
  if (!response.ok) throw new Error(`Demo sign-in was refused (HTTP ${response.status}).`);
  writeToken(((await response.json()) as { token: string }).token);
}
