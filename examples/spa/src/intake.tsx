/** The start of a call: the problem in the caller's words; suggestions and out of scope are choices, not dead ends. */
import { useEffect, useRef, useState, type FormEvent } from "react";
import { useQuery } from "urql";
import { announce } from "./announce";
import { newKey, send } from "./client";
import { FormDialog, priorities, reasonCategories } from "./finish";
import {
  EscalateWithoutWalkDocument,
  IntakeDocument,
  MyActiveWalksDocument,
  type EscalationReasonCategory,
  type IntakeInput,
  type IntakeMutation,
  type Priority,
} from "../dist/gql";
import { explain, say, since } from "./words";

type Outcome = NonNullable<IntakeMutation["intake"]["outcome"]>;
type Call = Pick<IntakeInput, "problem" | "customerName" | "customerContact" | "companyName" | "priority" | "ticket">;
type Way = Pick<IntakeInput, "flowId" | "adhoc" | "forceBuild">;

function EscalateNow({ call, onClose, onDone }: { call: Call; onClose: () => void; onDone: (message: string) => void }) {
  const [category, setCategory] = useState<EscalationReasonCategory>("OUT_OF_SCOPE");
  const [reason, setReason] = useState("");
  const submit = async (): Promise<string | null> => {
    const input = { ...call, reasonCategory: category, reason: reason.trim() || null, idempotencyKey: newKey() };
    const { escalateWithoutWalk: reply } = await send(EscalateWithoutWalkDocument, { input });
    if (reply.errors[0]) return reply.errors[0].message;
    onDone(["Handed to the engineers.", ...reply.warnings.map((warning) => warning.message)].join(" "));
    return null;
  };
  return (
    <FormDialog title="Escalate without a walk" action="Escalate" onSubmit={submit} onClose={onClose}>
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
    </FormDialog>
  );
}

function Choices({ outcome, start, escalate }: { outcome: Outcome; start: (way: Way) => void; escalate: () => void }) {
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => heading.current?.focus(), [outcome]);
  if (outcome.__typename === "FlowsSuggested")
    return (
      <section className="card choices">
        <h2 ref={heading} tabIndex={-1}>Is it one of these?</h2>
        <ul>
          {outcome.suggestions.map(({ flow, score, reason }) => flow && (
            <li key={flow.id}>
              <button type="button" onClick={() => start({ flowId: flow.id })}>
                <strong>{flow.title}</strong>
                <small>{Math.round(score * 100)} % fit{reason && ` · ${reason}`}</small>
              </button>
            </li>
          ))}
        </ul>
        <div className="row">
          {outcome.canBuild && <button type="button" onClick={() => start({ forceBuild: true })}>None fits: build a walk step by step</button>}
          <button type="button" onClick={() => start({ adhoc: true })}>Free-form walk</button>
          <button type="button" onClick={escalate}>Escalate</button>
        </div>
      </section>
    );
  if (outcome.__typename !== "OutOfScope") return null;
  return (
    <section className="card choices">
      <h2 ref={heading} tabIndex={-1}>No guided walk for this</h2>
      <p>Handrail does not build one here: {say(outcome.outOfScopeReason).toLowerCase()}{outcome.category && ` (${say(outcome.category)})`}. You can still work on it freely, or hand it over.</p>
      <div className="row">
        {outcome.canWalkAdhoc && <button type="button" className="primary" onClick={() => start({ adhoc: true })}>Free-form walk</button>}
        {outcome.canEscalate && <button type="button" onClick={escalate}>Escalate</button>}
      </div>
    </section>
  );
}

function OpenWalks() {
  const [{ data }] = useQuery({ query: MyActiveWalksDocument });
  const walks = data?.viewer?.activeWalkSessions?.nodes ?? [];
  if (walks.length === 0) return null;
  return (
    <section className="open-walks">
      <h2>Your open walks</h2>
      <ul className="list">
        {walks.map((walk) => (
          <li key={walk.id}>
            <a href={`#/walk/${walk.id}`}>
              <strong>{walk.problem}</strong>
              <small>{[`Walk ${walk.number}`, walk.customerName, walk.companyName, `last step ${since(walk.lastStepAt)} ago`].filter(Boolean).join(" · ").replace("just now ago", "just now")}</small>
            </a>
          </li>
        ))}
      </ul>
    </section>
  );
}

const textOf = (form: FormData, name: string): string | null => String(form.get(name) ?? "").trim() || null;

function readCall(form: FormData): Call {
  const externalId = textOf(form, "ticket");
  return {
    problem: textOf(form, "problem") ?? "",
    customerName: textOf(form, "customerName"),
    customerContact: textOf(form, "customerContact"),
    companyName: textOf(form, "companyName"),
    priority: (textOf(form, "priority") ?? "NORMAL") as Priority,
    ticket: externalId ? { externalId } : null,
  };
}

export function IntakeScreen() {
  const form = useRef<HTMLFormElement>(null);
  const lock = useRef(false);
  const [isBusy, setBusy] = useState(false);
  const [problem, setProblem] = useState<string | null>(null);
  const [outcome, setOutcome] = useState<Outcome | null>(null);
  const [call, setCall] = useState<Call | null>(null);
  const [done, setDone] = useState<string | null>(null);

  const take = async (input: IntakeInput): Promise<void> => {
    const { intake } = await send(IntakeDocument, { input });
    setOutcome(intake.outcome ?? null);
    setProblem(intake.errors[0]?.message ?? null);
    if (intake.outcome?.__typename !== "WalkStarted" || !intake.outcome.session) return;
    const other = intake.outcome.otherActiveWalks[0];
    if (other) announce(`Walk ${other.number} of ${other.assignedTo?.name ?? "a colleague"} is open for the same ticket.`);
    location.hash = `#/walk/${intake.outcome.session.id}`;
  };
  const start = (way: Way): void => {
    if (lock.current || !form.current?.reportValidity()) return;
    lock.current = true;
    setBusy(true);
    setDone(null);
    const wanted = readCall(new FormData(form.current));
    take({ ...wanted, ...way, idempotencyKey: newKey() })
      .catch((error: unknown) => setProblem(explain(error)))
      .finally(() => {
        lock.current = false;
        setBusy(false);
      });
  };
  const escalate = (): void => {
    if (form.current?.reportValidity()) setCall(readCall(new FormData(form.current)));
  };
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    start({});
  };
  return (
    <div className="intake">
      <form ref={form} className="card" onSubmit={submit} aria-busy={isBusy}>
        <h1>New call</h1>
        <label>
          What does the caller say?
          <textarea name="problem" required rows={3} autoFocus placeholder="In their words" />
        </label>
        <div className="fields">
          <label>Caller <input name="customerName" autoComplete="off" /></label>
          <label>Reached at <input name="customerContact" autoComplete="off" /></label>
          <label>Company <input name="companyName" autoComplete="off" /></label>
          <label>Ticket <input name="ticket" autoComplete="off" placeholder="None: one is made" /></label>
          <label>
            Priority
            <select name="priority" defaultValue="NORMAL">
              {priorities.map((value) => <option key={value} value={value}>{say(value)}</option>)}
            </select>
          </label>
        </div>
        {problem && <p className="notice" role="alert">{problem}</p>}
        {done && <p className="notice good" role="status">{done}</p>}
        <div className="row">
          <button className="primary" aria-disabled={isBusy}>{isBusy ? "Looking for a flow…" : "Find the way"}</button>
          <button type="button" className="quiet" onClick={() => start({ adhoc: true })}>Free-form walk</button>
          <button type="button" className="quiet" onClick={escalate}>Escalate at once</button>
        </div>
      </form>
      {outcome && <Choices outcome={outcome} start={start} escalate={escalate} />}
      <OpenWalks />
      {call && (
        <EscalateNow
          call={call}
          onClose={() => setCall(null)}
          onDone={(message) => {
            setDone(message);
            setOutcome(null);
            form.current?.reset();
          }}
        />
      )}
    </div>
  );
}
