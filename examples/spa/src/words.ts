/** The API's enum values, times and refusals, in words. */
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
  WORKAROUND: "Works, by a workaround",
  UNCONFIRMED: "Probably fixed, not confirmed",
  SELF_RESOLVED: "Went away by itself",
};

export const say = (value: string): string => special[value] ?? value.charAt(0) + value.slice(1).toLowerCase().replaceAll("_", " ");

/** Several facts in one line; what is not known is left out. */
export const list = (...facts: (string | null | undefined | false)[]): string => facts.filter(Boolean).join(" · ");

export const clock = (iso: string): string => new Date(iso).toLocaleTimeString([], { hour: "2-digit", minute: "2-digit" });

/** How long ago, coarsely: what somebody who looks at a queue wants to know. */
export function since(iso: string, now = Date.now()): string {
  const minutes = Math.max(1, Math.round((now - Date.parse(iso)) / 60_000));
  if (minutes < 60) return `${minutes} min`;
  if (minutes < 48 * 60) return `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
  return `${Math.floor(minutes / 1440)} days`;
}

export const explain = (error: unknown): string =>
  error instanceof Error ? error.message.replace(/^\[(GraphQL|Network)\] /, "") : String(error);

/** One of a payload's errors; a stale one carries the session as it is now. */
export interface Refusal {
  code: string;
  message: string;
  session?: { walkedPath?: { question: string; answerLabel: string; answeredBy: { id: string; name: string } | null }[] } | null;
}

/** When somebody was faster, who it was and what they answered. */
export function refusalWords({ code, message, session }: Refusal, viewerId: string): string {
  if (code !== "STALE_STEP" && code !== "STALE_NODE") return message;
  const last = session?.walkedPath?.at(-1);
  if (!last) return "The walk has moved on. This is where it stands now.";
  const who = last.answeredBy?.id === viewerId ? "You have already answered" : `${last.answeredBy?.name ?? "Somebody"} answered`;
  return `${who} “${last.question}” with “${last.answerLabel}”. This is where the walk stands now.`;
}
