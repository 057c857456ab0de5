/** One polite live region for the whole page: what happened, for those who do not see it happen. */
import { useSyncExternalStore } from "react";

let message = "";
const listeners = new Set<() => void>();

export function announce(text: string): void {
  // The same words twice are read twice only when the text differs.
  message = text === message ? `${text}\u00a0` : text;
  listeners.forEach((listener) => listener());
}

export function Announcer() {
  const text = useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => message,
  );
  return (
    <div className="unseen" role="status" aria-live="polite">
      {text}
    </div>
  );
}
