/** One walk on the screen: the server's session is the truth, every reply that carries it replaces what is shown. */
import { useCallback, useEffect, useRef, useState } from "react";
import { announce } from "./announce";
import { client, newKey, send } from "./client";
import {
  AnswerNodeDocument,
  GoBackDocument,
  NextNodeDocument,
  WalkSessionDocument,
  type AnswerNodeInput,
  type SessionPartsFragment,
  type WalkSessionQuery,
} from "../dist/gql";
import { explain } from "./words";

export type Session = NonNullable<WalkSessionQuery["walkSession"]>;
export interface Refusal {
  code: string;
  message: string;
  session?: Partial<SessionPartsFragment> | null;
}

const PENDING_KEY = "handrail.pending";
const REFRESH_MS = 10_000;
const GENERATING_MS = 1_500;

/** An answer on its way survives a reload: it is sent again with the key it had. */
const pending = {
  read: (sessionId: string): AnswerNodeInput | null => {
    const stored = JSON.parse(sessionStorage.getItem(PENDING_KEY) ?? "null") as AnswerNodeInput | null;
    return stored?.sessionId === sessionId ? stored : null;
  },
  write: (input: AnswerNodeInput): void => sessionStorage.setItem(PENDING_KEY, JSON.stringify(input)),
  clear: (): void => sessionStorage.removeItem(PENDING_KEY),
};

export const liveSteps = (session: Pick<Session, "walkedPath">): Session["walkedPath"] =>
  session.walkedPath.filter((step) => !step.isSuperseded);

function conflict(session: Partial<SessionPartsFragment> | null | undefined, viewerId: string): string {
  const last = session?.walkedPath?.at(-1);
  if (!last || !session) return "The walk has moved on. This is where it stands now.";
  const who = last.answeredBy?.id === viewerId ? "You have already answered" : `${last.answeredBy?.name ?? "Somebody"} answered`;
  return `${who} “${last.question}” with “${last.answerLabel}”. This is where the walk stands now.`;
}

export interface Walk {
  session: Session | null;
  state: "loading" | "ready" | "missing" | "failed";
  problem: string | null;
  isBusy: boolean;
  notice: string | null;
  setNotice: (notice: string | null) => void;
  merge: (session: (Partial<Session> & { id: string }) | null | undefined) => void;
  refuse: (errors: readonly Refusal[]) => void;
  act: (job: () => Promise<void>) => Promise<void>;
  answer: (value: string) => void;
  back: () => void;
  reload: () => Promise<void>;
}

export function useWalk(id: string, viewerId: string): Walk {
  const [session, setSession] = useState<Session | null>(null);
  const [state, setState] = useState<Walk["state"]>("loading");
  const [problem, setProblem] = useState<string | null>(null);
  const [notice, setNotice] = useState<string | null>(null);
  const [isBusy, setBusy] = useState(false);
  const lock = useRef(false);

  const merge = useCallback<Walk["merge"]>((incoming) => {
    if (!incoming) return;
    // `step` never falls, so a reply that was overtaken by a newer one is recognised by it.
    setSession((shown) => (shown && shown.id === incoming.id && (incoming.step ?? shown.step) >= shown.step ? { ...shown, ...incoming } : shown));
  }, []);

  const refuse = useCallback<Walk["refuse"]>(
    (errors) => {
      const first = errors[0];
      if (!first) return;
      if (first.session?.id) merge(first.session as Partial<Session> & { id: string });
      const words = first.code === "STALE_STEP" || first.code === "STALE_NODE" ? conflict(first.session, viewerId) : first.message;
      setNotice(words);
      announce(words);
    },
    [merge, viewerId],
  );

  const reload = useCallback(async () => {
    const { data, error } = await client.query(WalkSessionDocument, { id }).toPromise();
    if (error) {
      setState((before) => (before === "loading" ? "failed" : before));
      setProblem(explain(error));
    } else if (!data?.walkSession) setState("missing");
    else {
      const found = data.walkSession;
      setSession((shown) => (shown && shown.step > found.step ? shown : found));
      setState("ready");
    }
  }, [id]);

  /** One thing at a time: the lock is taken at once, so the second click of a double click finds it taken. */
  const act = useCallback<Walk["act"]>(async (job) => {
    if (lock.current) return;
    lock.current = true;
    setBusy(true);
    setNotice(null);
    try {
      await job();
    } catch (error) {
      setNotice(explain(error));
      announce(explain(error));
    } finally {
      lock.current = false;
      setBusy(false);
    }
  }, []);

  const sendAnswer = useCallback(
    async (input: AnswerNodeInput) => {
      pending.write(input);
      try {
        const { answerNode } = await send(AnswerNodeDocument, { input });
        merge(answerNode.session);
        if (answerNode.session) announce(`Recorded: ${answerNode.session.walkedPath.at(-1)?.answerLabel ?? "done"}.`);
        refuse(answerNode.errors);
      } finally {
        pending.clear();
      }
    },
    [merge, refuse],
  );

  const answer = (value: string): void => {
    if (!session?.currentNode) return;
    const input = { sessionId: id, nodeId: session.currentNode.nodeId, answer: value, expectedStep: session.step, idempotencyKey: newKey() };
    void act(() => sendAnswer(input));
  };

  const back = (): void => {
    const last = session && liveSteps(session).at(-1);
    if (!session || !last) return;
    const input = { sessionId: id, toStep: last.step, expectedStep: session.step, idempotencyKey: newKey() };
    void act(async () => {
      const { goBack } = await send(GoBackDocument, { input });
      merge(goBack.session);
      if (goBack.session) announce("Went back one step.");
      refuse(goBack.errors);
    });
  };

  useEffect(() => {
    setState("loading");
    setSession(null);
    const unsent = pending.read(id);
    void reload();
    if (unsent) void act(() => sendAnswer(unsent)).then(reload);
  }, [id, act, reload, sendAnswer]);

  const isWaitingForNode = session?.status === "ACTIVE" && session.kind !== "ADHOC" && !session.currentNode;
  useEffect(() => {
    if (!isWaitingForNode) return undefined;
    let isCurrent = true;
    const ask = async (): Promise<void> => {
      while (isCurrent) {
        const { data } = await client.mutation(NextNodeDocument, { input: { sessionId: id } }).toPromise();
        if (!isCurrent) return;
        merge(data?.nextNode.session);
        if (data?.nextNode.errors.length) return refuse(data.nextNode.errors);
        if (data?.nextNode.session?.currentNode) return;
        await new Promise((resolve) => setTimeout(resolve, GENERATING_MS));
      }
    };
    void ask();
    return () => {
      isCurrent = false;
    };
  }, [id, isWaitingForNode, merge, refuse]);

  useEffect(() => {
    const look = (): void => {
      if (!document.hidden && !lock.current) void reload();
    };
    const timer = setInterval(look, REFRESH_MS);
    addEventListener("focus", look);
    return () => {
      clearInterval(timer);
      removeEventListener("focus", look);
    };
  }, [reload]);

  return { session, state, problem, isBusy, notice, setNotice, merge, refuse, act, answer, back, reload };
}
