/** Who may explore: during development everybody signed in, in production callers with the right to. */
import { useEffect, useState } from "react";
import { fetchOptions } from "../../sign_in/session";
import { fetchViewer } from "./session";

/** Null until it is known. */
export function useMayExplore(token: string | null): boolean | null {
  const [may, setMay] = useState<boolean | null>(null);
  useEffect(() => {
    let isCurrent = true;
    const settle = (value: boolean) => isCurrent && setMay(value);
    setMay(null);
    mayExplore(token).then(settle, () => settle(true)); // an unreachable server refuses by itself
    return () => {
      isCurrent = false;
    };
  }, [token]);
  return may;
}

async function mayExplore(token: string | null): Promise<boolean> {
  if ((await fetchOptions()).environment !== "production") return true;
  const viewer = token ? await fetchViewer(token) : null;
  return viewer?.permissions.includes("EXPLORE") ?? false;
}
