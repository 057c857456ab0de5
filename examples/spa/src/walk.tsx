/** The technician's screen: one question at a time, the path walked beside it, everything reachable by key. */
import { useEffect, useRef, useState } from "react";
import { Answers } from "./answers";
import { announce } from "./announce";
import { newKey, send } from "./client";
import { EscalateDialog, ResolveDialog } from "./finish";
import { ContinueWalkDocument, TakeOverWalkDocument } from "../dist/gql";
import { Notes } from "./notes";
import { useShortcuts, useShortcutSwitch } from "./shortcuts";
import { liveSteps, useWalk, type Session, type Walk } from "./use_walk";
import { clock, say } from "./words";

type Open = "resolve" | "escalate" | null;

/** The heading of what is to be done now gets the focus when it changes: it is read out, and the keys work at once. */
function useFocusOnChange(key: string) {
  const heading = useRef<HTMLHeadingElement>(null);
  const before = useRef<string | null>(null);
  useEffect(() => {
    if (before.current === key) return;
    const isFirst = before.current === null;
    before.current = key;
    const focus = (): void => heading.current?.focus({ preventScroll: isFirst });
    // Behind an open dialog nothing can be focused; when it closes, what it had come from may be gone.
    const dialog = document.querySelector("dialog[open]");
    if (dialog) dialog.addEventListener("close", focus, { once: true });
    else focus();
  }, [key]);
  return heading;
}

function Waiting() {
  const [seconds, setSeconds] = useState(0);
  useEffect(() => {
    const timer = setInterval(() => setSeconds((before) => before + 1), 1_000);
    announce("The next step is being worked out.");
    return () => clearInterval(timer);
  }, []);
  return (
    <div className="waiting">
      <div className="pulse" aria-hidden="true" />
      <p>
        Working out the next step… <span aria-hidden="true">{seconds > 1 && `${seconds} s`}</span>
      </p>
      <p className="soft">You can go on talking to the caller. It is kept when you leave this page, and you can escalate at any time.</p>
    </div>
  );
}

/** True once something has taken long enough for a person to wonder. */
function useTakesLong(isBusy: boolean): boolean {
  const [isLong, setLong] = useState(false);
  useEffect(() => {
    setLong(false);
    const timer = isBusy ? setTimeout(() => setLong(true), 400) : undefined;
    return () => clearTimeout(timer);
  }, [isBusy]);
  return isLong;
}

function Current({ walk, session, open }: { walk: Walk; session: Session; open: (what: Open) => void }) {
  const node = session.currentNode;
  const heading = useFocusOnChange(`${session.id}:${session.step}:${node?.nodeId ?? ""}:${session.status}`);
  const isBuilding = useTakesLong(walk.isBusy) && session.kind === "AI_BUILD";
  const isTerminal = node?.__typename === "ResolvedNode" || node?.__typename === "EscalateNode";
  const isResolved = node?.__typename === "ResolvedNode";
  const canGoBack = session.viewerCanAnswer && liveSteps(session).length > 0;
  return (
    <section className={`card node ${node?.__typename ?? ""}`}>
      {session.disclaimer && <p className="disclaimer">{session.disclaimer}</p>}
      {session.kind === "ADHOC" ? (
        <>
          <h1 ref={heading} tabIndex={-1}>Free-form walk</h1>
          <p>Write down what you try in the notes, then resolve or escalate.</p>
        </>
      ) : node ? (
        <>
          <h1 ref={heading} tabIndex={-1}>{node.text}</h1>
          {node.detail && <p className="detail">{node.detail}</p>}
          {node.howTo && (
            <details>
              <summary>How to</summary>
              <p className="detail">{node.howTo}</p>
            </details>
          )}
          {isResolved && node.suggestedResolution && <p className="detail">{node.suggestedResolution}</p>}
          <Answers key={`${session.step}:${node.nodeId}`} walk={walk} session={session} />
          {isBuilding && <Waiting />}
        </>
      ) : (
        <>
          <h1 ref={heading} tabIndex={-1} className="unseen">Working out the next step</h1>
          <Waiting />
        </>
      )}
      <div className="row actions">
        {canGoBack && (
          <button type="button" className="quiet" aria-disabled={walk.isBusy} aria-keyshortcuts="Backspace" onClick={walk.back}>
            <kbd aria-hidden="true">⌫</kbd> Back
          </button>
        )}
        <span className="gap" />
        {session.viewerCanEscalate && (
          <button type="button" className={isTerminal && !isResolved ? "primary" : "quiet"} aria-keyshortcuts="E" onClick={() => open("escalate")}>
            <kbd aria-hidden="true">E</kbd> Escalate
          </button>
        )}
        {session.viewerCanResolve && (
          <button type="button" className={isResolved ? "primary" : "quiet"} aria-keyshortcuts="R" onClick={() => open("resolve")}>
            <kbd aria-hidden="true">R</kbd> Resolve
          </button>
        )}
      </div>
    </section>
  );
}

const endings = { RESOLVED: "Resolved.", ESCALATED: "Handed to the engineers.", ABANDONED: "This walk was ended without a result." };

function Ended({ walk, session, told }: { walk: Walk; session: Session; told: string | null }) {
  const heading = useFocusOnChange(session.status);
  const goOn = (): void =>
    void walk.act(async () => {
      const { continueWalk } = await send(ContinueWalkDocument, { input: { sessionId: session.id, idempotencyKey: newKey() } });
      if (continueWalk.session) location.hash = `#/walk/${continueWalk.session.id}`;
      walk.refuse(continueWalk.errors);
    });
  return (
    <section className={`card node ended ${session.status}`}>
      <h1 ref={heading} tabIndex={-1}>{session.status === "ACTIVE" ? "" : endings[session.status]}</h1>
      {told && <p>{told}</p>}
      {session.resolutionNotes && <p className="detail">{session.resolutionNotes}</p>}
      <div className="row actions">
        <a className="button primary" href="#/">Next call</a>
        <button type="button" className="quiet" onClick={goOn}>{session.status === "ESCALATED" ? "Returned to you? Go on with it" : "Go on with this walk"}</button>
      </div>
    </section>
  );
}

function Path({ session }: { session: Session }) {
  const live = liveSteps(session);
  const left = session.walkedPath.length - live.length;
  return (
    <section className="path" aria-label="Path walked">
      <h2>Path</h2>
      {live.length === 0 && <p className="soft">Nothing answered yet.</p>}
      <ol>
        {live.map((step) => (
          <li key={step.step}>
            <span>{step.question}</span>
            <strong>{step.answerLabel}</strong>
            <small>{clock(step.answeredAt)}, {step.answeredBy?.name ?? "unknown"}</small>
          </li>
        ))}
      </ol>
      {left > 0 && <p className="soft">{left === 1 ? "One earlier answer was gone back from; it stays in the record." : `${left} earlier answers were gone back from; they stay in the record.`}</p>}
    </section>
  );
}

function Facts({ session, walk, viewerId }: { session: Session; walk: Walk; viewerId: string }) {
  const { ticket } = session;
  const isForeign = session.status === "ACTIVE" && session.assignedTo && session.assignedTo.id !== viewerId;
  const takeOver = (): void =>
    void walk.act(async () => {
      const { takeOverWalk } = await send(TakeOverWalkDocument, { input: { sessionId: session.id } });
      walk.merge(takeOverWalk.session);
      walk.refuse(takeOverWalk.errors);
    });
  return (
    <header className="facts">
      <p className="soft">
        Walk {session.number} · {session.flow?.title ?? say(session.kind)}
        {ticket && ` · ticket ${ticket.externalId ?? ticket.number ?? ""}`}
      </p>
      <p className="problem">{session.problem}</p>
      <p className="soft">{[session.customerName, session.companyName, session.priority && session.priority !== "NORMAL" && `${say(session.priority)} priority`].filter(Boolean).join(" · ")}</p>
      {isForeign && (
        <p className="notice">
          This call is {session.assignedTo?.name}’s. {session.viewerCanAnswer && <button type="button" onClick={takeOver}>Take over</button>}
        </p>
      )}
    </header>
  );
}

export function WalkScreen({ id, viewerId }: { id: string; viewerId: string }) {
  const walk = useWalk(id, viewerId);
  const { session } = walk;
  const [open, setOpen] = useState<Open>(null);
  const [told, setTold] = useState<string | null>(null);
  const [hasKeys, setKeys] = useShortcutSwitch();
  useShortcuts(hasKeys && session?.status === "ACTIVE", (key, target) => {
    const node = session?.currentNode;
    const index = Number(key) - 1;
    if (key.toLowerCase() === "e" && session?.viewerCanEscalate) setOpen("escalate");
    else if (key.toLowerCase() === "r" && session?.viewerCanResolve) setOpen("resolve");
    else if (!session?.viewerCanAnswer) return false;
    else if (key === "Backspace") walk.back();
    else if (key === "Enter" && node?.__typename === "InstructionNode" && !target?.closest("button, a, summary")) walk.answer("done");
    else if (node?.__typename === "QuestionNode" && node.options[index]) walk.answer(node.options[index].value);
    else return false;
    return true;
  });
  if (walk.state === "loading") return <p role="status">Opening the walk…</p>;
  if (walk.state === "failed") return <p role="alert">The walk could not be read: {walk.problem} <button type="button" onClick={() => void walk.reload()}>Try again</button></p>;
  if (!session) return <p role="alert">There is no such walk, or it is not yours to see. <a href="#/">Back to calls</a></p>;
  return (
    <article className="walk" aria-busy={walk.isBusy}>
      <div>
        <Facts session={session} walk={walk} viewerId={viewerId} />
        {walk.notice && <p className="notice" role="alert">{walk.notice} <button type="button" className="quiet" onClick={() => walk.setNotice(null)}>OK</button></p>}
        {session.status === "ACTIVE" ? <Current walk={walk} session={session} open={setOpen} /> : <Ended walk={walk} session={session} told={told} />}
        {session.status === "ACTIVE" && (
          <label className="check keys">
            <input type="checkbox" checked={hasKeys} onChange={(event) => setKeys(event.target.checked)} />
            Single-key shortcuts: 1–9 answer, Enter done, Backspace back, E escalate, R resolve
          </label>
        )}
      </div>
      <aside>
        <Path session={session} />
        <Notes key={session.id} session={session} viewerId={viewerId} canMarkSteps={session.kind === "ADHOC"} isEnded={session.status !== "ACTIVE"} />
      </aside>
      {open === "resolve" && <ResolveDialog walk={walk} session={session} onClose={() => setOpen(null)} />}
      {open === "escalate" && <EscalateDialog walk={walk} session={session} onClose={() => setOpen(null)} onDone={setTold} />}
    </article>
  );
}
