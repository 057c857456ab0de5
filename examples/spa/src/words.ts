/** The API's enum values and times, in words. */
const special: Record<string, string> = {
  L1_TECH: "L1 technician",
  AI_BUILD: "Built step by step",
  ADHOC: "Free-form",
  CATEGORY_UNKNOWN: "no category of yours fits the description",
  CATEGORY_DISABLED: "this category is switched off for building walks",
  AI_UNAVAILABLE: "the assistant is not available",
  AI_DISABLED: "building walks is switched off",
  RETURNED_TO_L1: "Returned to L1",
  NO_ACTION: "No action needed",
};

export const say = (value: string): string => special[value] ?? value.charAt(0) + value.slice(1).toLowerCase().replaceAll("_", " ");

export const clock = (iso: string): string => new Date(iso).toLocaleTimeString([], { hour: "2-digit", minute: "2-digit" });

/** How long ago, coarsely: what somebody who looks at a queue wants to know. */
export function since(iso: string, now = Date.now()): string {
  const minutes = Math.max(0, Math.round((now - Date.parse(iso)) / 60_000));
  if (minutes < 1) return "just now";
  if (minutes < 60) return `${minutes} min`;
  if (minutes < 48 * 60) return `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
  return `${Math.floor(minutes / 1440)} days`;
}

export const explain = (error: unknown): string =>
  error instanceof Error ? error.message.replace(/^\[(GraphQL|Network)\] /, "") : String(error);
