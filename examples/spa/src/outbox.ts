/**
 * What a person did and the server has not answered yet. Each thing keeps one idempotency key until there is an answer,
 * whatever drops in between, the page's own reload included: it takes effect once, and its outcome is the first one.
 */
import type { AnyVariables, CombinedError, OperationResult, TypedDocumentNode } from "urql";
import { create } from "zustand";
import { createJSONStorage, persist } from "zustand/middleware";
import { useSession } from "./client";
import { commands, type Command, type Commands, type Payload } from "./commands";
import { tell } from "./tell";
import { explain, refusalWords, type Refusal } from "./words";

type Name = keyof Commands;
type Documented<N extends Name> = Commands[N]["document"];
type Input<N extends Name> = Documented<N> extends TypedDocumentNode<infer _, { input: infer I }> ? Omit<I, "idempotencyKey"> : never;

export type Unsent = {
  [N in Name]: { name: N; input: Input<N>; key: string; owner: string; tries: number };
}[Name];

interface Outbox {
  unsent: Unsent[];
}

export const useOutbox = create<Outbox>()(
  persist((): Outbox => ({ unsent: [] }), { name: "handrail.outbox", storage: createJSONStorage(() => sessionStorage) }),
);

const change = (key: string, next: (entry: Unsent) => Unsent[]): void => {
  useOutbox.setState(({ unsent }) => ({ unsent: unsent.flatMap((entry) => (entry.key === key ? next(entry) : entry)) }));
};

const isKept = (key: string): boolean => useOutbox.getState().unsent.some((entry) => entry.key === key);

/** One key for one thing a person did; `randomUUID` exists on https and localhost only, so it is made by hand. */
const newKey = (): string =>
  Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, "0")).join("");

const statusOf = (error: CombinedError | undefined): number | undefined => (error?.response as Response | undefined)?.status;

const payloadOf = <Data>(data: Data): Payload<Data> & { errors: Refusal[] } =>
  Object.values(data as object).find((value) => value?.errors);

/** Nothing came back, the server could not answer just now, or it is still at the first call with this key. */
function isUnanswered({ data, error }: OperationResult): boolean {
  const status = statusOf(error);
  if (error?.networkError) return status === undefined || status >= 500 || status === 429;
  if (error) return error.graphQLErrors.some((one) => ["UNAVAILABLE", "TIMEOUT", "RATE_LIMITED"].includes(String(one.extensions.code)));
  return payloadOf(data).errors[0]?.code === "IDEMPOTENCY_IN_PROGRESS";
}

/** The payload of a mutation that did what it was asked; otherwise throws why not, in words. */
function read<Data>({ data, error }: OperationResult<Data>): Payload<Data> {
  if (error?.networkError && !statusOf(error)) throw new Error("The server cannot be reached. Try again when the connection is back.");
  if (!data || error) throw error ?? new Error("The server gave no answer.");
  const [refusal] = payloadOf(data).errors;
  if (refusal) throw new Error(refusalWords(refusal, viewerId));
  return payloadOf<Data>(data);
}

/** Resolves after a while, or at once when the connection is back. */
const pause = (ms: number): Promise<void> =>
  new Promise((resolve) => {
    setTimeout(resolve, ms);
    addEventListener("online", () => resolve(), { once: true });
  });

let viewerId = "";
const underWay = new Set<string>();

/** Sends until there is an answer. After HTTP 401 the thing is kept until the same person has signed in again. */
async function deliver(entry: Unsent): Promise<void> {
  const { client } = useSession.getState();
  const { document, follow } = commands[entry.name] as Command<unknown, unknown>;
  const variables = { input: { ...entry.input, idempotencyKey: entry.key } };
  for (let attempt = 0; isKept(entry.key); attempt += 1) {
    const result = await client.mutation(document, variables).toPromise();
    if (statusOf(result.error) === 401) throw new Error("You are signed out. Sign in again: what you did is kept and goes out then.");
    if (!isUnanswered(result)) {
      change(entry.key, () => []);
      return follow(read(result));
    }
    change(entry.key, (kept) => [{ ...kept, tries: attempt + 1 }]);
    await pause(Math.min(500 * 2 ** attempt, 8_000));
  }
}

async function send(entry: Unsent): Promise<void> {
  if (underWay.has(entry.key)) return;
  underWay.add(entry.key);
  await deliver(entry).finally(() => underWay.delete(entry.key));
}

/** Does one of the commands, once. Resolves when it is done and what follows has been said; throws a refusal in words. */
export function post<N extends Name>(name: N, input: Input<N>): Promise<void> {
  const entry = { name, input, key: newKey(), owner: viewerId, tries: 0 } as unknown as Unsent;
  useOutbox.setState(({ unsent }) => ({ unsent: [...unsent, entry] }));
  return send(entry);
}

/** Sends what this person left unsent when the page was reloaded or the sign-in ran out; nobody else's. */
export function resume(personId: string): void {
  viewerId = personId;
  for (const entry of useOutbox.getState().unsent)
    if (entry.owner === personId) send(entry).catch((refused: unknown) => tell(explain(refused)));
}

/** A mutation without an idempotency key goes out once: when the connection drops, the person decides. */
export const call = async <Data, Variables extends AnyVariables>(
  document: TypedDocumentNode<Data, Variables>,
  variables: Variables,
): Promise<Payload<Data>> => read(await useSession.getState().client.mutation(document, variables).toPromise());

/** True while something of this person waits for the connection. */
export const useIsStuck = (): boolean => useOutbox(({ unsent }) => unsent.some((entry) => entry.tries > 0));

/** True while a command for this walk is on its way. */
export const useIsSending = (sessionId: string): boolean =>
  useOutbox(({ unsent }) => unsent.some(({ input }) => "sessionId" in input && input.sessionId === sessionId));
