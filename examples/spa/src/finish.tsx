/** The two ways a walk ends: dialogs for resolve and for escalate. */
import { useEffect, useId, useRef, useState, type FormEvent, type ReactNode } from "react";
import { announce } from "./announce";
import { newKey, send } from "./client";
import { EscalateDocument, ResolveDocument, type EscalationReasonCategory, type Priority, type ResolutionOutcome } from "../dist/gql";
import type { Refusal, Session, Walk } from "./use_walk";
import { explain, say } from "./words";

export const reasonCategories: EscalationReasonCategory[] = [
  "EXHAUSTED_SAFE_STEPS",
  "NEEDS_ELEVATED_ACCESS",
  "OUT_OF_SCOPE",
  "SAFETY_RISK",
  "SECURITY_INCIDENT",
  "IDENTITY_NOT_VERIFIED",
  "HARDWARE_OR_ONSITE",
  "THIRD_PARTY_OUTAGE",
  "FLOW_GAP",
  "AI_UNAVAILABLE",
  "CUSTOMER_REQUEST",
  "TIME_LIMIT",
  "OTHER",
];
export const priorities: Priority[] = ["LOW", "NORMAL", "HIGH", "CRITICAL"];
const outcomes: [ResolutionOutcome, string][] = [
  ["FIXED", "Fixed"],
  ["WORKAROUND", "Works, by a workaround"],
  ["UNCONFIRMED", "Probably fixed, not confirmed"],
  ["SELF_RESOLVED", "Went away by itself"],
];

/** A modal dialog with a form; the browser's own, so focus stays in it and returns afterwards. */
export function FormDialog({ title, action, onSubmit, onClose, children }: {
  title: string;
  action: string;
  /** Resolves to what is wrong, or null when it is done. */
  onSubmit: () => Promise<string | null>;
  onClose: () => void;
  children: ReactNode;
}) {
  const dialog = useRef<HTMLDialogElement>(null);
  const heading = useId();
  const [problem, setProblem] = useState<string | null>(null);
  const [isBusy, setBusy] = useState(false);
  const lock = useRef(false);
  useEffect(() => dialog.current?.showModal(), []);
  const submit = async (event: FormEvent): Promise<void> => {
    event.preventDefault();
    if (lock.current) return;
    lock.current = true;
    setBusy(true);
    const wrong = await onSubmit().catch(explain);
    lock.current = false;
    setBusy(false);
    setProblem(wrong);
    if (wrong === null) dialog.current?.close();
  };
  return (
    <dialog ref={dialog} aria-labelledby={heading} onClose={onClose}>
      <form onSubmit={(event) => void submit(event)}>
        <h2 id={heading}>{title}</h2>
        {children}
        {problem && <p className="notice" role="alert">{problem}</p>}
        <div className="row end">
          <button type="button" onClick={() => dialog.current?.close()}>Cancel</button>
          <button className="primary" aria-disabled={isBusy}>{isBusy ? "Sending…" : action}</button>
        </div>
      </form>
    </dialog>
  );
}

/** Takes a command's payload: shows the ended session, or says the refusal and returns its words. */
function settle(walk: Walk, session: Parameters<Walk["merge"]>[0], errors: readonly Refusal[]): string | null {
  walk.merge(session);
  if (!errors[0]) return null;
  walk.refuse(errors);
  return errors[0].code === "NOT_ACTIVE" ? null : errors[0].message;
}

export function ResolveDialog({ walk, session, onClose }: { walk: Walk; session: Session; onClose: () => void }) {
  const node = session.currentNode;
  const [notes, setNotes] = useState((node?.__typename === "ResolvedNode" && node.suggestedResolution) || "");
  const [outcome, setOutcome] = useState<ResolutionOutcome>("FIXED");
  const [isHelpful, setHelpful] = useState(true);
  const submit = async (): Promise<string | null> => {
    const input = { sessionId: session.id, resolutionNotes: notes.trim(), helpful: isHelpful, outcome, idempotencyKey: newKey() };
    const { resolve } = await send(ResolveDocument, { input });
    if (!resolve.errors.length) announce(resolve.proposal ? "Resolved. What was learnt is now a proposal." : "Resolved.");
    return settle(walk, resolve.session, resolve.errors);
  };
  return (
    <FormDialog title="Resolve" action="Resolve" onSubmit={submit} onClose={onClose}>
      <label>
        What solved it
        <textarea required rows={4} value={notes} onChange={(event) => setNotes(event.target.value)} autoFocus />
      </label>
      <label>
        Outcome
        <select value={outcome} onChange={(event) => setOutcome(event.target.value as ResolutionOutcome)}>
          {outcomes.map(([value, words]) => <option key={value} value={value}>{words}</option>)}
        </select>
      </label>
      <label className="check">
        <input type="checkbox" checked={isHelpful} onChange={(event) => setHelpful(event.target.checked)} />
        This walk led to it
      </label>
    </FormDialog>
  );
}

export function EscalateDialog({ walk, session, onClose, onDone }: {
  walk: Walk;
  session: Session;
  onClose: () => void;
  onDone: (message: string) => void;
}) {
  const node = session.currentNode;
  const [category, setCategory] = useState<EscalationReasonCategory>(
    (node?.__typename === "EscalateNode" && node.reasonCategory) || "EXHAUSTED_SAFE_STEPS",
  );
  const [reason, setReason] = useState("");
  const [priority, setPriority] = useState<Priority>(session.priority ?? "NORMAL");
  const [isWaiting, setWaiting] = useState(false);
  const submit = async (): Promise<string | null> => {
    const input = {
      sessionId: session.id,
      reasonCategory: category,
      reason: reason.trim() || null,
      priority,
      isCustomerWaiting: isWaiting,
      idempotencyKey: newKey(),
    };
    const { escalate } = await send(EscalateDocument, { input });
    const names = escalate.escalation?.recipients.map((recipient) => recipient.name).join(", ");
    const told = [names && `Told: ${names}.`, ...escalate.warnings.map((warning) => warning.message)].filter(Boolean).join(" ");
    if (!escalate.errors.length) {
      onDone(told);
      announce(`Escalated. ${told}`);
    }
    return settle(walk, escalate.session, escalate.errors);
  };
  return (
    <FormDialog title="Escalate to an engineer" action="Escalate" onSubmit={submit} onClose={onClose}>
      <label>
        Why
        <select value={category} onChange={(event) => setCategory(event.target.value as EscalationReasonCategory)} autoFocus>
          {reasonCategories.map((value) => <option key={value} value={value}>{say(value)}</option>)}
        </select>
      </label>
      <label>
        In your words {category === "OTHER" ? "" : "(optional)"}
        <textarea rows={3} required={category === "OTHER"} value={reason} onChange={(event) => setReason(event.target.value)} />
      </label>
      <label>
        Priority
        <select value={priority} onChange={(event) => setPriority(event.target.value as Priority)}>
          {priorities.map((value) => <option key={value} value={value}>{say(value)}</option>)}
        </select>
      </label>
      <label className="check">
        <input type="checkbox" checked={isWaiting} onChange={(event) => setWaiting(event.target.checked)} />
        The caller is waiting on the line
      </label>
      <p className="soft">The engineer gets the steps, the answers and your notes.</p>
    </FormDialog>
  );
}
