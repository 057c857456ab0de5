/** The technician's screen: one question at a time, the path walked beside it, everything reachable by key. */
import { useEffect, useState } from "react";
import { NextNodeDocument, TakeOverWalkDocument, WalkSessionDocument, type ResolutionOutcome, type WalkSessionQuery } from "../dist/gql";
import { EscalateDialog } from "./escalate";
import { Check, FormDialog, Select, textOf, useTask } from "./form";
import { useLive, useViewer } from "./live";
import { Ended, NodeCard } from "./node";
import { Notes } from "./notes";
import { call, post, useIsSending } from "./outbox";
import { Steps } from "./record";
import { useShortcuts, useShortcutSwitch } from "./shortcuts";
import { explain, list, say } from "./words";

export type Session = NonNullable<WalkSessionQuery["walkSession"]>;
type Ending = "resolve" | "escalate" | null;

/** What the screen can do with a walk. The server's replies go through the client's cache, and so onto the screen. */
export interface Walk {
  session: Session;
  isBusy: boolean;
  run: (job: () => Promise<unknown>) => void;
  answer: (value: string) => void;
  back: () => void;
  end: (how: Ending) => void;
}

const ASK_AGAIN_MS = 1_500;
const outcomes: ResolutionOutcome[] = ["FIXED", "WORKAROUND", "UNCONFIRMED", "SELF_RESOLVED"];

export const liveSteps = (session: Session): Session["walkedPath"] => session.walkedPath.filter((step) => !step.isSuperseded);

/** Asks for a node that is still being made until it is there; asking again buys no second one. */
function useNextNode({ id, status, kind, currentNode }: Session): void {
  const isMissing = status === "ACTIVE" && kind !== "ADHOC" && !currentNode;
  useEffect(() => {
    if (!isMissing) return undefined;
    let timer: ReturnType<typeof setTimeout> | undefined;
    let isOver = false;
    const ask = async (): Promise<void> => {
      await call(NextNodeDocument, { input: { sessionId: id } }).catch(() => undefined);
      if (!isOver) timer = setTimeout(ask, ASK_AGAIN_MS);
    };
    void ask();
    return () => {
      isOver = true;
      clearTimeout(timer);
    };
  }, [id, isMissing]);
}

function Path({ session }: { session: Session }) {
  const live = liveSteps(session);
  const left = session.walkedPath.length - live.length;
  return (
    <section className="path" aria-label="Path walked">
      <h2>Path</h2>
      <Steps steps={live} none="Nothing answered yet." />
      {left > 0 && <p className="soft">Gone back from, and kept in the record: {left === 1 ? "one answer" : `${left} answers`}.</p>}
    </section>
  );
}

function Facts({ session, run }: Walk) {
  const viewer = useViewer();
  const { ticket, assignedTo, priority } = session;
  const number = ticket?.externalId ?? ticket?.number;
  const isForeign = session.status === "ACTIVE" && assignedTo && assignedTo.id !== viewer.id;
  const takeOver = (): void => run(() => call(TakeOverWalkDocument, { input: { sessionId: session.id } }));
  return (
    <header className="facts">
      <p className="soft">{list(`Walk ${session.number}`, session.flow?.title ?? say(session.kind), number && `ticket ${number}`)}</p>
      <p className="problem">{session.problem}</p>
      <p className="soft">{list(session.customerName, session.companyName, priority !== "NORMAL" && `${say(priority)} priority`)}</p>
      {isForeign && (
        <p className="notice">
          This call is {assignedTo.name}’s. {session.viewerCanResolve && <button type="button" onClick={takeOver}>Take over</button>}
        </p>
      )}
    </header>
  );
}

function ResolveDialog({ session, onClose }: { session: Session; onClose: () => void }) {
  const node = session.currentNode;
  const send = (fields: FormData): Promise<void> =>
    post("resolve", {
      sessionId: session.id,
      resolutionNotes: textOf(fields, "notes") ?? "",
      outcome: textOf(fields, "outcome") as ResolutionOutcome,
      helpful: fields.has("helpful"),
    });
  return (
    <FormDialog title="Resolve" action="Resolve" send={send} onClose={onClose}>
      <label>
        What solved it
        <textarea name="notes" required rows={4} autoFocus defaultValue={(node?.__typename === "ResolvedNode" && node.suggestedResolution) || ""} />
      </label>
      <Select label="Outcome" name="outcome" values={outcomes} />
      <Check label="This walk led to it" name="helpful" defaultChecked />
    </FormDialog>
  );
}

function Endings({ ending, session, end }: Walk & { ending: Ending }) {
  const node = session.currentNode;
  if (ending === "resolve") return <ResolveDialog session={session} onClose={() => end(null)} />;
  if (ending !== "escalate") return null;
  return (
    <EscalateDialog
      suggested={(node?.__typename === "EscalateNode" && node.reasonCategory) || "EXHAUSTED_SAFE_STEPS"}
      priority={session.priority}
      send={(answers) => post("escalate", { sessionId: session.id, ...answers })}
      onClose={() => end(null)}
    />
  );
}

function Keys({ session, answer, back, end }: Walk) {
  const { isOn } = useShortcutSwitch();
  useShortcuts((key, target) => {
    const node = session.currentNode;
    const option = node?.__typename === "QuestionNode" ? node.options[Number(key) - 1] : undefined;
    if (key.toLowerCase() === "e" && session.viewerCanEscalate) end("escalate");
    else if (key.toLowerCase() === "r" && session.viewerCanResolve) end("resolve");
    else if (key === "Backspace" && session.viewerCanResolve) back();
    else if (!session.viewerCanAnswer) return false;
    else if (key === "Enter" && node?.__typename === "InstructionNode" && !target?.closest("button, a, summary")) answer("done");
    else if (option) answer(option.value);
    else return false;
    return true;
  });
  return (
    <label className="check keys">
      <input type="checkbox" checked={isOn} onChange={(event) => useShortcutSwitch.setState({ isOn: event.target.checked })} />
      Single-key shortcuts: 1–9 answer, Enter done, Backspace back, E escalate, R resolve
    </label>
  );
}

function OpenWalk({ session }: { session: Session }) {
  const [ending, end] = useState<Ending>(null);
  const task = useTask();
  const isSending = useIsSending(session.id);
  const isBusy = task.isBusy || isSending;
  const run = (job: () => Promise<unknown>): void => void (isBusy || task.run(job));
  useNextNode(session);
  const { id, step, currentNode, status } = session;
  const answer = (value: string): void => {
    if (currentNode) run(() => post("answerNode", { sessionId: id, nodeId: currentNode.nodeId, answer: value, expectedStep: step }));
  };
  const back = (): void => {
    const last = liveSteps(session).at(-1);
    if (last) run(() => post("goBack", { sessionId: id, toStep: last.step, expectedStep: step }));
  };
  const walk: Walk = { session, isBusy, run, answer, back, end };
  const isActive = status === "ACTIVE";
  return (
    <article className="walk" aria-busy={isBusy}>
      <div>
        <Facts {...walk} />
        {isActive ? <NodeCard {...walk} /> : <Ended {...walk} />}
        {isActive && <Keys {...walk} />}
        {isActive && <Endings {...walk} ending={ending} />}
      </div>
      <aside>
        <Path session={session} />
        <Notes session={session} />
      </aside>
    </article>
  );
}

export function WalkScreen({ id }: { id: string }) {
  const { data, error, isLoading, refresh } = useLive(WalkSessionDocument, { id });
  if (data?.walkSession) return <OpenWalk session={data.walkSession} />;
  if (isLoading) return <p role="status">Opening the walk…</p>;
  if (!error) return <p role="alert">There is no such walk, or it is not yours to see. <a href="#/">Back to calls</a></p>;
  return <p role="alert">The walk could not be read: {explain(error)} <button type="button" onClick={refresh}>Try again</button></p>;
}
