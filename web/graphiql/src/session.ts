/** Who is signed in on this page, and what the server says about them. */
import { useSyncExternalStore } from "react";
import { onToken, readToken } from "../../sign_in/session";

export const useToken = (): string | null => useSyncExternalStore(onToken, readToken);

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
